"""Syncs one repository: the story, from the current row to the moved watermark."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from github_sync.attempts import Attempt, Order
from github_sync.client import GitHubClient
from github_sync.errors import EarlierTryAlive, InvalidCursor, RateLimited, RateLimitExhausted
from github_sync.ledger import describe_holes, read_ledger, retry_earlier_failures
from github_sync.missing_reviews import settle_missing_reviews
from github_sync.pages import Page, changed_pull_requests
from github_sync.repositories import (
    Pass,
    TrackedRepository,
    identify,
    read_repository,
    repository_lock,
)
from github_sync.settings import Settings
from github_sync.storing import store_pull_requests
from github_sync.warehouse import Warehouse

log = logging.getLogger(__name__)

Connect = Callable[[], Warehouse]
OpenGitHub = Callable[[TrackedRepository], GitHubClient]


def sync_repository(
    order: Order, connect: Connect, open_github: OpenGitHub, settings: Settings
) -> dict[str, Any]:
    """Bring one repository's tables up to what GitHub has.

    :param connect: opens a connection to the warehouse, whose schema exists
    :param open_github: opens a connection to GitHub with the repository's own credentials
    :returns: ``{repository, mode, prs_synced, reviews_synced, errors, requests, ...}``, or
        ``{repository, skipped: True, reason}`` when it stepped aside
    :raises SyncError: it failed; the failure is recorded in sync_attempts
    """
    attempt = Attempt(order)
    warehouse = connect()
    try:
        with repository_lock(warehouse, order.repository_id) as is_ours:
            repository = read_repository(warehouse, order.repository_id)
            if repository is None:
                return _stepped_aside(order.full_name, "It is no longer tracked.")
            if not is_ours:
                _check_it_is_another(attempt, warehouse)
            if reason := _reason_to_step_aside(repository, is_ours):
                attempt.step_aside(warehouse, reason, is_ours=is_ours)
                return _stepped_aside(repository.full_name, reason)
            attempt.start(warehouse)
            return _Sync(attempt, warehouse, repository, open_github, settings).run()
    except RateLimited as limit:
        error = _waiting_or_exhausted(attempt, warehouse, limit, settings)
        attempt.fail(connect, error)
        raise error from None
    except BaseException as error:
        attempt.fail(connect, error)
        raise
    finally:
        warehouse.close()


def _reason_to_step_aside(repository: TrackedRepository, is_ours: bool) -> str | None:
    if not repository.is_active:
        return "It is paused."
    if not is_ours:
        return "Another task is syncing it at this moment."
    return None


def _check_it_is_another(attempt: Attempt, warehouse: Warehouse) -> None:
    """Stepping aside for an earlier try of ourselves would turn its loss green.

    Airflow starts another try when a supervisor is lost, though its task may live on without it.
    """
    order = attempt.order
    with warehouse.transaction():
        running = warehouse.run("find_running_attempt", repository_id=order.repository_id)
    if running == [{"run_id": order.run_id, "map_index": order.map_index}]:
        attempt.insert(warehouse)
        raise EarlierTryAlive(
            f"{order.full_name}: an earlier try of this task instance is still syncing it.",
            "It is tried again.",
        )


def _stepped_aside(full_name: str, reason: str) -> dict[str, Any]:
    log.info("%s: skipped. %s", full_name, reason)
    return {"repository": full_name, "skipped": True, "reason": reason}


def _waiting_or_exhausted(
    attempt: Attempt, warehouse: Warehouse, limit: RateLimited, settings: Settings
) -> RateLimited | RateLimitExhausted:
    """What the limit means for this task instance, which may wait for it a number of times."""
    order = attempt.order
    with warehouse.transaction():
        [earlier] = warehouse.run(
            "count_waits",
            repository_id=order.repository_id,
            run_id=order.run_id,
            map_index=order.map_index,
        )
    waits = max(order.waits, earlier["waits"])
    if waits < settings.max_rate_limit_waits:
        return limit
    return RateLimitExhausted(
        f"{limit} Waited for it {waits} times already.",
        "Raise the quota (a GitHub App has a larger one), track fewer repositories with this "
        "connection, or raise GITHUB_SYNC_MAX_RATE_LIMIT_WAITS; then clear the failed instance.",
    )


class _Sync:
    """One attempt at one repository whose lock we hold."""

    def __init__(
        self,
        attempt: Attempt,
        warehouse: Warehouse,
        repository: TrackedRepository,
        open_github: OpenGitHub,
        settings: Settings,
    ) -> None:
        self.attempt = attempt
        self.warehouse = warehouse
        self.repository = repository
        self.open_github = open_github
        self.overlap = timedelta(seconds=settings.overlap_seconds)

    def run(self) -> dict[str, Any]:
        """The whole story; its result."""
        self.github = self.attempt.github = self.open_github(self.repository)
        try:
            synced_at = self._read_what_changed()
            retry_earlier_failures(self.warehouse, self.github, self.attempt)
            settle_missing_reviews(self.warehouse, self.github, self.repository.repository_id)
        finally:
            self.github.close()
        return self._complete(synced_at)

    def _read_what_changed(self) -> datetime:
        """Finish the unfinished pass, or make a new one; the moment the tables are complete up to.

        A pass that an earlier attempt began is followed by another over what changed since then.
        """
        pass_ = self._next_pass()
        self.attempt.mode = pass_.mode
        if pass_.cursor is None:
            return self._read(pass_)[0]
        log.info("%s: goes on with the %s sync begun by run %s", *self._named(pass_))
        try:
            started_at, newest_at = self._read(pass_)
        except InvalidCursor as refusal:
            log.warning("%s Reading from the start again.", refusal)
            return self._read(replace(pass_, started_at=None, cursor=None))[0]
        if newest_at is None or newest_at < started_at:
            return started_at
        catch_up = Pass("incremental", started_at - self.overlap, self.attempt.order.run_id)
        return self._read(catch_up)[0]

    def _named(self, pass_: Pass) -> tuple[str, str, str]:
        return self.repository.full_name, pass_.mode, pass_.run_id

    def _next_pass(self) -> Pass:
        run_id = self.attempt.order.run_id
        unfinished = self.repository.unfinished
        if self.attempt.order.full_resync:
            # Only what this run itself read counts as read again.
            is_ours = unfinished and unfinished.run_id == run_id
            return unfinished if unfinished and is_ours else Pass("full", None, run_id)
        if unfinished:
            return unfinished
        if self.repository.last_sync_at is None:
            return Pass("full", None, run_id)
        return Pass("incremental", self.repository.last_sync_at - self.overlap, run_id)

    def _read(self, pass_: Pass) -> tuple[datetime, datetime | None]:
        """When the pass began, and when the repository last changed (both by GitHub's clock)."""
        target = self.repository.target
        for page in changed_pull_requests(self.github, target, pass_.since, pass_.cursor):
            started_at = pass_.started_at or page.asked_at
            pass_ = replace(pass_, started_at=started_at, cursor=page.cursor)
            with self.warehouse.transaction():
                self._store(pass_, page)
            self._log_progress(page)
        return started_at, page.newest_at

    def _store(self, pass_: Pass, page: Page) -> None:
        """One page, its failures and the checkpoint: all of it or nothing."""
        self.repository = identify(self.warehouse, self.repository, page.repository)
        repository_id = self.repository.repository_id
        stored, _ = store_pull_requests(
            self.warehouse, repository_id, page.pull_requests, page.failures
        )
        if page.is_last:
            self.warehouse.run(
                "finish_pass", repository_id=repository_id, started_at=pass_.started_at
            )
        else:
            self.warehouse.run("save_checkpoint", repository_id=repository_id, **vars(pass_))
        self.attempt.count(self.warehouse, stored)

    def _log_progress(self, page: Page) -> None:
        log.info(
            "%s: %d pull requests, %d reviews stored (%d in the repository); "
            "%d requests, %s of the quota left",
            self.repository.full_name,
            self.attempt.prs_synced,
            self.attempt.reviews_synced,
            page.total,
            self.github.requests,
            self.github.quota_remaining,
        )

    def _complete(self, synced_at: datetime) -> dict[str, Any]:
        failures = read_ledger(self.warehouse, self.repository.repository_id)
        self.attempt.complete(self.warehouse, describe_holes(failures))
        return {
            "repository": self.repository.full_name,
            "mode": self.attempt.mode,
            "prs_synced": self.attempt.prs_synced,
            "reviews_synced": self.attempt.reviews_synced,
            "errors": [{"number": one.number, "error": one.error} for one in failures],
            "requests": self.github.requests,
            "quota_remaining": self.github.quota_remaining,
            "last_sync_at": synced_at.isoformat(),
        }
