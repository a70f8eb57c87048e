"""The rows of sync_attempts: what each attempt at a repository did, and how it ended."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from github_sync.entities import CHILDREN
from github_sync.entities.pull_request import FailedPullRequest, PullRequestRows
from github_sync.entities.review import REVIEWS
from github_sync.entities.values import Row
from github_sync.errors import PermanentError, RateLimited, SyncError
from github_sync.redaction import redact
from github_sync.store.failed_pull_requests import complete_with
from github_sync.store.tracked_repositories import Mode, TrackedRepository
from github_sync.store.warehouse import Warehouse

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SyncJob:
    """Which repository a task instance is to sync, and which task instance it is.

    :param try_number: from 1
    :param is_last_try: Airflow does not try again after this one
    :param waits: how often this try has already waited for the rate limit
    :param full_resync: read the whole history again
    :param since: read again at least what was updated at or after this (aware)
    :param accept_deletions: mark as deleted what GitHub says is gone, however much it is
    """

    repository_id: int
    full_name: str
    run_id: str = "by hand"
    map_index: int = -1
    try_number: int = 1
    is_last_try: bool = True
    waits: int = 0
    log_url: str | None = None
    full_resync: bool = False
    since: datetime | None = None
    accept_deletions: bool = False


class ApiUsage(Protocol):
    """What a client of GitHub's API counts."""

    @property
    def requests(self) -> int:
        """How many requests it has sent."""

    @property
    def quota_remaining(self) -> int | None:
        """What is left of the hourly quota, as of the last answer."""


class Attempt:
    """One attempt: counts what it did, and keeps its row of sync_attempts up to date.

    :param job: what it is to do
    """

    def __init__(self, job: SyncJob) -> None:
        self.job = job
        self.full_name = job.full_name
        self.attempt_id: int | None = None
        self.started_at: datetime | None = None
        self.mode: Mode | None = None
        self.prs_synced = 0
        self.rows_stored: Counter[str] = Counter({child.table: 0 for child in CHILDREN})
        self.usage: ApiUsage | None = None
        """Of the client that asks GitHub, once there is one."""
        self._began_at = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began_at

    @property
    def reviews_synced(self) -> int:
        """How many reviews it has stored."""
        return self.rows_stored[REVIEWS.table]

    @property
    def other_rows_stored(self) -> dict[str, int]:
        """How many rows it has stored of each other child, by table."""
        return {name: rows for name, rows in self.rows_stored.items() if name != REVIEWS.table}

    @property
    def asked(self) -> dict[str, Any]:
        """What it asked GitHub, as columns."""
        return {
            "mode": self.mode,
            "requests": self.usage.requests if self.usage else 0,
            "quota_remaining": self.usage.quota_remaining if self.usage else None,
        }

    @property
    def progress(self) -> dict[str, Any]:
        """What it asked and stored, as columns."""
        return {
            **self.asked,
            "attempt_id": self.attempt_id,
            "prs_synced": self.prs_synced,
            "reviews_synced": self.reviews_synced,
            "rows_stored": json.dumps(self.other_rows_stored),
        }

    def count(self, stored: list[PullRequestRows]) -> None:
        """Count what the current transaction stores; save it within that transaction."""
        self.prs_synced += len(stored)
        for pull_request in stored:
            self.rows_stored.update(
                {table: len(rows) for table, rows in pull_request.children.items()}
            )

    def save(self, warehouse: Warehouse) -> None:
        """Write :attr:`progress`; call it within a transaction."""
        warehouse.run("sync/save_attempt", **self.progress)

    def start(self, warehouse: Warehouse) -> None:
        """Insert the row, and mark the repository as syncing; we hold its lock."""
        with warehouse.transaction():
            repository_id = self.job.repository_id
            warehouse.run("sync/close_dead_attempts", repository_id=repository_id)
            warehouse.run("sync/start_syncing", repository_id=repository_id)
            row = self._insert(warehouse)
        self.attempt_id, self.started_at = row["attempt_id"], row["started_at"]

    def insert(self, warehouse: Warehouse) -> None:
        """Insert the row of an attempt that does not hold the lock."""
        with warehouse.transaction():
            row = self._insert(warehouse)
        self.attempt_id = row["attempt_id"]

    def skip(self, warehouse: Warehouse, reason: str, *, is_ours: bool) -> None:
        """Insert a row with the reason why nothing was done.

        :param is_ours: we hold the repository's lock: no other task is syncing it
        """
        with warehouse.transaction():
            if is_ours:
                warehouse.run("sync/close_dead_attempts", repository_id=self.job.repository_id)
                warehouse.run("sync/stop_syncing", repository_id=self.job.repository_id)
            self.attempt_id = self._insert(warehouse)["attempt_id"]
            self._finish(warehouse, "skipped", error_message=reason)

    def complete(self, warehouse: Warehouse, message: str | None) -> None:
        """Record success, and with it the repository's.

        :param message: what the sync could not store nevertheless; None if it stored everything
        """
        with warehouse.transaction():
            self._finish(warehouse, "complete", error_message=message)
            warehouse.run(
                "sync/complete_repository",
                repository_id=self.job.repository_id,
                message=message,
            )

    def fail(self, connect: Callable[[], Warehouse], error: BaseException) -> None:
        """Record the failure, on a connection of its own; never raises.

        After the last try, or if a retry cannot help, the repository has failed too.
        """
        if self.attempt_id is None:
            return
        try:
            with closing(connect()) as warehouse, warehouse.transaction():
                self._record(warehouse, error)
        except Exception as second:  # noqa: BLE001 - the first error is the one to report
            log.error("The failure could not be recorded in Postgres: %s", redact(str(second)))

    def result(
        self, repository: TrackedRepository, failures: list[FailedPullRequest]
    ) -> dict[str, Any]:
        """What the task returns of a complete sync, in counts of this attempt.

        :param failures: the pull requests that could not be stored
        """
        return {
            "repository": repository.full_name,
            "status": complete_with(len(failures)),
            "mode": self.mode,
            "prs_synced": self.prs_synced,
            "reviews_synced": self.reviews_synced,
            "rows_stored": self.other_rows_stored,
            "refused_fields": repository.refused_fields,
            "errors": [{"number": one.number, "error": one.error} for one in failures],
            "requests": self.asked["requests"],
            "quota_remaining": self.asked["quota_remaining"],
            "last_sync_at": _iso(repository.last_sync_at),
        }

    def _record(self, warehouse: Warehouse, error: BaseException) -> None:
        waits = isinstance(error, RateLimited)
        is_final = not waits and (self.job.is_last_try or isinstance(error, PermanentError))
        message = error_message(error, self.full_name)
        self._finish(
            warehouse,
            "waiting" if waits else "error",
            is_final=is_final,
            resumes_at=getattr(error, "resumes_at", None),
            error_class=type(error).__name__,
            error_message=message,
        )
        if is_final:
            warehouse.run(
                "sync/fail_repository",
                repository_id=self.job.repository_id,
                attempt_id=self.attempt_id,
                message=message,
                github_state=getattr(error, "github_state", None),
            )

    def _insert(self, warehouse: Warehouse) -> Row:
        job = self.job
        [row] = warehouse.run(
            "sync/start_attempt",
            repository_id=job.repository_id,
            run_id=job.run_id,
            map_index=job.map_index,
            try_number=job.try_number,
            log_url=job.log_url,
        )
        return row

    def _finish(self, warehouse: Warehouse, status: str, **how: object) -> None:
        """End the row.

        :param how: its other columns: ``is_final``, ``resumes_at``,
            ``error_class``, ``error_message``
        """
        defaults = {
            "is_final": False,
            "resumes_at": None,
            "error_class": None,
            "error_message": None,
        }
        columns = defaults | how | self.asked
        warehouse.run("sync/finish_attempt", attempt_id=self.attempt_id, status=status, **columns)


def error_message(error: BaseException, full_name: str) -> str:
    """What happened, to which repository, and what to do, without secrets."""
    text = redact(str(error)) or "no message"
    if not isinstance(error, SyncError):
        text = f"{type(error).__name__}: {text}"
    return text if full_name in text else f"{full_name}: {text}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
