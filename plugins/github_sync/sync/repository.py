"""Syncs one repository: from its current row, under its lock, to the recorded result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from github_sync.api.client import GitHubClient
from github_sync.dag_ids import TRACK_DAG_ID
from github_sync.entities.refused_fields import refused_message
from github_sync.errors import EarlierTryAlive, RateLimited, SyncError
from github_sync.settings import Settings
from github_sync.store.failed_pull_requests import refresh_counts
from github_sync.store.schema import upgrade_schema
from github_sync.store.sync_attempts import Attempt, SyncJob
from github_sync.store.tracked_repositories import (
    TrackedRepository,
    read_repository,
    repository_lock,
)
from github_sync.store.warehouse import Warehouse
from github_sync.sync.deletions import ALL, Doubt, confirm_suspects
from github_sync.sync.rate_limit_waits import schedule_resume
from github_sync.sync.retries import retry_earlier_failures
from github_sync.sync.scan import DISABLED, Scanner

log = logging.getLogger(__name__)

PULL_REQUESTS_DISABLED = (
    "{}: pull requests are disabled on GitHub, which shows none of them. The stored ones stay as "
    "they are. Enable pull requests in the repository's settings, or pause it with the Dag "
    f"{TRACK_DAG_ID}."
)

Connect = Callable[[], Warehouse]
OpenGitHub = Callable[[TrackedRepository], GitHubClient]


def sync_repository(
    job: SyncJob, connect: Connect, open_github: OpenGitHub, settings: Settings
) -> dict[str, Any]:
    """Bring one repository's tables up to what GitHub has.

    :param connect: opens a connection to the warehouse; its schema is upgraded if it is older
    :param open_github: opens a connection to GitHub with the repository's own credentials
    :returns: ``{repository, status, mode, prs_synced, reviews_synced, rows_stored, errors, ...}``,
        or ``{repository, skipped: True, reason}`` if there was nothing to do
    :raises SyncError: it failed; the failure is recorded in sync_attempts
    """
    attempt = Attempt(job)
    with closing(connect()) as warehouse:
        upgrade_schema(warehouse)
        with (
            repository_lock(warehouse, job.repository_id) as is_ours,
            _failure_recorded(attempt, connect, settings),
        ):
            repository = read_repository(warehouse, job.repository_id)
            if repository is None:
                return _skipped(job.full_name, "It is no longer tracked.")
            if not is_ours:
                _check_it_is_another(attempt, warehouse)
            if reason := _reason_to_skip(repository, is_ours):
                attempt.skip(warehouse, reason, is_ours=is_ours)
                return _skipped(repository.full_name, reason)
            attempt.start(warehouse)
            attempt.usage = github = open_github(repository)
            return _sync(attempt, warehouse, github, repository, settings)


@contextmanager
def _failure_recorded(attempt: Attempt, connect: Connect, settings: Settings) -> Iterator[None]:
    """Within the lock: the next task to take it finds the attempt finished."""
    try:
        yield
    except RateLimited as limit:
        error = _scheduled(limit, attempt.job, connect, settings)
        attempt.fail(connect, error)
        raise error from None
    except BaseException as error:
        attempt.fail(connect, error)
        raise


def _scheduled(limit: RateLimited, job: SyncJob, connect: Connect, settings: Settings) -> SyncError:
    """When it resumes, or why not; on a connection of its own, as the attempt's may be lost."""
    try:
        with closing(connect()) as warehouse:
            return schedule_resume(warehouse, job, limit, settings.max_rate_limit_waits)
    except SyncError as error:
        return error


def _reason_to_skip(repository: TrackedRepository, is_ours: bool) -> str | None:
    if not repository.is_active:
        return "It is paused."
    if not is_ours:
        return "Another task is syncing it at this moment."
    return None


def _check_it_is_another(attempt: Attempt, warehouse: Warehouse) -> None:
    """Skipping because of an earlier try of the same instance would turn its loss green.

    Airflow starts another try when a supervisor is lost, though its task may still be running.
    """
    job = attempt.job
    with warehouse.transaction():
        running = warehouse.run("sync/find_running_attempt", repository_id=job.repository_id)
    if running == [{"run_id": job.run_id, "map_index": job.map_index}]:
        attempt.insert(warehouse)
        raise EarlierTryAlive(
            f"{job.full_name}: an earlier try of this task instance is still syncing it.",
            "It is tried again.",
        )


def _skipped(full_name: str, reason: str) -> dict[str, Any]:
    log.info("%s: skipped. %s", full_name, reason)
    return {"repository": full_name, "skipped": True, "reason": reason}


def _sync(
    attempt: Attempt,
    warehouse: Warehouse,
    github: GitHubClient,
    repository: TrackedRepository,
    settings: Settings,
) -> dict[str, Any]:
    """One attempt at one repository whose lock we hold, from start to end.

    :return: its result
    """
    doubts: list[Doubt] = []
    scanner = Scanner(attempt, warehouse, github, repository, settings)
    try:
        scanner.read_changes()
        if scanner.repository.github_state != DISABLED:
            max_percent = ALL if attempt.job.accept_deletions else settings.max_deleted_percent
            doubts = scanner.with_known_id(lambda: _ask_by_id(scanner, max_percent))
    finally:
        github.close()
    result = _complete(attempt, warehouse, scanner.repository, doubts, settings)
    return result | {"api_url": github.session.transport.api_url}


def _ask_by_id(scanner: Scanner, max_percent: int) -> list[Doubt]:
    """Ask for what failed before, and for what may be gone."""
    warehouse, github = scanner.warehouse, scanner.github
    scanner.repository = retry_earlier_failures(
        warehouse, github, scanner.attempt, scanner.repository, max_percent
    )
    return confirm_suspects(warehouse, github, scanner.repository, max_percent)


def _complete(
    attempt: Attempt,
    warehouse: Warehouse,
    repository: TrackedRepository,
    doubts: list[Doubt],
    settings: Settings,
) -> dict[str, Any]:
    failures = refresh_counts(warehouse, repository.repository_id, settings.max_failure_days)
    for doubt in doubts:
        raise doubt.error(repository.full_name, settings.max_deleted_percent)
    failures.check_age(repository.full_name, settings.max_failure_days)
    refused = refused_message(repository.full_name, repository.refused_fields)
    message = " ".join(filter(None, (failures.message, refused))) or None
    if repository.github_state == DISABLED:
        message = PULL_REQUESTS_DISABLED.format(repository.full_name)
    attempt.complete(warehouse, message)
    result = attempt.result(repository, failures.pull_requests)
    log.info(
        "%(repository)s: %(status)s (%(mode)s): %(prs_synced)d pull requests and "
        "%(reviews_synced)d reviews in %(seconds).1f s; %(requests)d requests, "
        "%(quota_remaining)s of the quota left",
        result | {"seconds": attempt.seconds},
    )
    return result
