"""Tries pull requests again that an earlier sync could not read or store."""

from __future__ import annotations

from dataclasses import replace

from github_sync.api.client import GitHubClient
from github_sync.api.existence import rows_that_exist
from github_sync.api.node_lookup import Refetched, refetch
from github_sync.entities import PULL_REQUESTS
from github_sync.entities.pull_request import FailedPullRequest, refused_of
from github_sync.errors import GitHubUnavailable
from github_sync.store.failed_pull_requests import earlier_failures
from github_sync.store.pull_requests import store_pull_requests
from github_sync.store.suspects import mark_deleted
from github_sync.store.sync_attempts import Attempt
from github_sync.store.tracked_repositories import TrackedRepository, save_refused_fields
from github_sync.store.warehouse import Warehouse
from github_sync.sync.deletions import ALL, FEW, MOST_SKIPPED, accept_deletions

TOO_MANY_GONE = (
    "GitHub answers that it no longer exists, and the same of many others at once, which is a "
    "reason to doubt it. If they were deleted, {}"
)


def retry_earlier_failures(
    warehouse: Warehouse,
    github: GitHubClient,
    attempt: Attempt,
    repository: TrackedRepository,
    max_deleted_percent: int,
) -> TrackedRepository:
    """Ask for the pull requests that failed before this attempt.

    One that GitHub no longer has is no longer a failure; if it was stored once, it is deleted.

    :param repository: whose node id is known
    :param max_deleted_percent: 100 if any number of them may be gone at once; else only a few
    :returns: its row, with what GitHub refused of them
    :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
    """
    assert attempt.attempt_id is not None  # noqa: S101 - it has started
    node_id = str(repository.github_node_id)
    asked: set[int] = set()
    gone, too_much = 0, 0
    while failed := _not_asked(earlier_failures(warehouse, attempt.attempt_id), asked):
        again = _refetch(github, node_id, failed)
        asked |= {one.number for one in again.asked}
        too_much = too_much + 1 if again.is_too_much else 0
        gone += len(again.gone)
        if gone > FEW and max_deleted_percent != ALL:
            why = TOO_MANY_GONE.format(accept_deletions(repository.full_name))
            kept = [replace(one, error=why) for one in again.gone]
            again = replace(again, failures=again.failures + kept, gone=[])
        repository = _store(warehouse, attempt, repository, again)
        if too_much == MOST_SKIPPED:
            break  # GitHub has a problem; the next sync begins with the others
    return repository


def _not_asked(failed: list[FailedPullRequest], asked: set[int]) -> list[FailedPullRequest]:
    """Each is asked for once, whatever the answer."""
    return [one for one in failed if one.number not in asked]


def _refetch(github: GitHubClient, node_id: str, failed: list[FailedPullRequest]) -> Refetched:
    try:
        return refetch(github, node_id, failed)
    except GitHubUnavailable as refusal:
        if not refusal.may_be_too_much:
            raise
        # If GitHub can look it up, it is this one pull request that is too much for it.
        rows_that_exist(github, node_id, [failed[0].as_stored_row], tries=1)
        still = [replace(failed[0], error=str(refusal))]
        return Refetched(failed[:1], [], still, [], is_too_much=True)


def _store(
    warehouse: Warehouse, attempt: Attempt, repository: TrackedRepository, again: Refetched
) -> TrackedRepository:
    refused = repository.refused_fields | refused_of(again.pull_requests)
    gone = [failure.as_stored_row for failure in again.gone]
    repository_id = repository.repository_id
    with warehouse.transaction():
        stored, _ = store_pull_requests(
            warehouse, repository_id, again.pull_requests, again.failures
        )
        if gone:
            mark_deleted(warehouse, repository_id, PULL_REQUESTS, gone)
        if refused != repository.refused_fields:
            save_refused_fields(warehouse, repository_id, refused)
        attempt.count(stored)
        attempt.save(warehouse)
    return replace(repository, refused_fields=refused)
