"""The rows of sync_attempts: what each attempt at a repository did, and how it ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from github_sync.api.client import GitHubClient
from github_sync.entities.pull_request import Failure, PullRequestRows
from github_sync.errors import PermanentError, RateLimited, SyncError
from github_sync.redaction import redact
from github_sync.store.tracked_repositories import Mode, TrackedRepository
from github_sync.store.warehouse import Row, Warehouse

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SyncJob:
    """Which repository a task instance is to sync, and the task instance it is.

    :param try_number: from 1
    :param is_last_try: Airflow will not try again after this
    :param waits: how often this try has waited for the rate limit already
    :param full_resync: read the whole history again
    :param since: read at least what was updated at or after this again (aware)
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


class Attempt:
    """One attempt: counts what it did, and keeps its row of sync_attempts true."""

    def __init__(self, order: SyncJob) -> None:
        self.order = order
        self.full_name = order.full_name
        self.attempt_id: int | None = None
        self.started_at: datetime | None = None
        self.mode: Mode | None = None
        self.prs_synced = 0
        self.reviews_synced = 0
        self.github: GitHubClient | None = None
        self._began_at = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began_at

    def start(self, warehouse: Warehouse) -> None:
        """Insert the row, and say that the repository is being synced; we hold its lock."""
        with warehouse.transaction():
            repository_id = self.order.repository_id
            warehouse.run("sync/close_dead_attempts", repository_id=repository_id)
            warehouse.run("sync/start_syncing", repository_id=repository_id)
            row = self._insert(warehouse)
        self.attempt_id, self.started_at = row["attempt_id"], row["started_at"]

    def insert(self, warehouse: Warehouse) -> None:
        """Insert the row of an attempt that does not hold the lock."""
        with warehouse.transaction():
            row = self._insert(warehouse)
        self.attempt_id = row["attempt_id"]

    def step_aside(self, warehouse: Warehouse, reason: str, *, is_ours: bool) -> None:
        """Insert a row that says why nothing was done.

        :param is_ours: we hold the repository's lock: nobody is syncing it, whatever its row says
        """
        with warehouse.transaction():
            if is_ours:
                warehouse.run("sync/close_dead_attempts", repository_id=self.order.repository_id)
                warehouse.run("sync/stop_syncing", repository_id=self.order.repository_id)
            self.attempt_id = self._insert(warehouse)["attempt_id"]
            self._finish(warehouse, "skipped", error_message=reason)

    def count(self, warehouse: Warehouse, stored: list[PullRequestRows]) -> None:
        """Count what the current transaction stores, in that transaction."""
        self.prs_synced += len(stored)
        self.reviews_synced += sum(len(pull_request.reviews) for pull_request in stored)
        warehouse.run(
            "sync/save_progress",
            attempt_id=self.attempt_id,
            prs_synced=self.prs_synced,
            reviews_synced=self.reviews_synced,
        )
        self._note_requests(warehouse)

    def complete(self, warehouse: Warehouse, failures: str | None) -> None:
        """Record success, and with it the repository's.

        :param failures: which pull requests could not be stored nevertheless, in words
        """
        with warehouse.transaction():
            self._note_requests(warehouse)
            self._finish(warehouse, "complete", error_message=failures)
            warehouse.run(
                "sync/complete_repository",
                repository_id=self.order.repository_id,
                failures=failures,
            )

    def fail(self, connect: Callable[[], Warehouse], error: BaseException) -> None:
        """Record the failure, on a connection of its own; never raises.

        After the last try, or where no retry can help, it is the repository's failure too.
        """
        if self.attempt_id is None:
            return
        try:
            warehouse = connect()
            try:
                with warehouse.transaction():
                    self._record(warehouse, error)
            finally:
                warehouse.close()
        except Exception as second:  # noqa: BLE001 - the first error is the one to tell
            log.error("The failure could not be recorded in Postgres: %s", redact(str(second)))

    def result(self, repository: TrackedRepository, failures: list[Failure]) -> dict[str, Any]:
        """What the task returns of a complete sync, in counts of this attempt.

        :param failures: the pull requests that are missing nevertheless
        """
        return {
            "repository": repository.full_name,
            "status": complete_with(len(failures)),
            "mode": self.mode,
            "prs_synced": self.prs_synced,
            "reviews_synced": self.reviews_synced,
            "errors": [{"number": one.number, "error": one.error} for one in failures],
            "requests": self.github.requests if self.github else 0,
            "quota_remaining": self.github.quota_remaining if self.github else None,
            "last_sync_at": _iso(repository.last_sync_at),
        }

    def _record(self, warehouse: Warehouse, error: BaseException) -> None:
        waits = isinstance(error, RateLimited)
        is_final = not waits and (self.order.is_last_try or isinstance(error, PermanentError))
        message = describe(error, self.full_name)
        self._note_requests(warehouse)
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
                repository_id=self.order.repository_id,
                attempt_id=self.attempt_id,
                message=message,
                github_state=getattr(error, "github_state", None),
            )

    def _insert(self, warehouse: Warehouse) -> Row:
        order = self.order
        [row] = warehouse.run(
            "sync/start_attempt",
            repository_id=order.repository_id,
            run_id=order.run_id,
            map_index=order.map_index,
            try_number=order.try_number,
            log_url=order.log_url,
        )
        return row

    def _note_requests(self, warehouse: Warehouse) -> None:
        warehouse.run(
            "sync/save_requests",
            attempt_id=self.attempt_id,
            mode=self.mode,
            requests=self.github.requests if self.github else 0,
            quota_remaining=self.github.quota_remaining if self.github else None,
        )

    def _finish(self, warehouse: Warehouse, status: str, **how: object) -> None:
        """End the row.

        :param how: those of its columns that say more: ``is_final``, ``resumes_at``,
            ``error_class``, ``error_message``
        """
        unsaid = {"is_final": False, "resumes_at": None, "error_class": None, "error_message": None}
        warehouse.run(
            "sync/finish_attempt", attempt_id=self.attempt_id, status=status, **(unsaid | how)
        )


def complete_with(failures: int) -> str:
    """The status of a sync that stored everything but so many pull requests."""
    if not failures:
        return "complete"
    return f"complete with {failures} {'failure' if failures == 1 else 'failures'}"


def describe(error: BaseException, full_name: str) -> str:
    """What happened, to which repository, and what to do, without secrets."""
    text = redact(str(error)) or "no message"
    if not isinstance(error, SyncError):
        text = f"{type(error).__name__}: {text}"
    return text if full_name in text else f"{full_name}: {text}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
