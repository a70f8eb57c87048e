"""Tries pull requests again that an earlier sync could not read or store."""

from __future__ import annotations

from dataclasses import replace

from github_sync.api.client import GitHubClient
from github_sync.api.node_lookup import Refetched, look_up, refetch
from github_sync.entities import PULL_REQUESTS
from github_sync.entities.pull_request import FailedPullRequest
from github_sync.errors import GitHubUnavailable
from github_sync.store.failed_pull_requests import delete_failures, earlier_failures
from github_sync.store.pull_requests import store_pull_requests
from github_sync.store.suspects import confirm_deletions
from github_sync.store.sync_attempts import Attempt
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.store.warehouse import Warehouse


def retry_earlier_failures(
    warehouse: Warehouse, github: GitHubClient, attempt: Attempt, repository: TrackedRepository
) -> None:
    """Ask by id for the pull requests that failed before this attempt.

    One that GitHub no longer has is no longer a failure; if it was stored once, it is deleted.

    :param repository: whose node id is known
    :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
    """
    assert attempt.attempt_id is not None  # noqa: S101 - it has started
    node_id = str(repository.github_node_id)
    while failed := earlier_failures(warehouse, attempt.attempt_id):
        _store(warehouse, attempt, _refetch(github, node_id, failed))


def _refetch(github: GitHubClient, node_id: str, failed: list[FailedPullRequest]) -> Refetched:
    try:
        return refetch(github, node_id, failed)
    except GitHubUnavailable as refusal:
        if not refusal.may_be_too_much:
            raise
        # If GitHub can look it up, it is this one pull request that is too much for it.
        look_up(github, node_id, [failed[0].github_node_id], tries=1)
        return Refetched([], [replace(failed[0], error=str(refusal))], [])


def _store(warehouse: Warehouse, attempt: Attempt, again: Refetched) -> None:
    gone = [failure.github_pr_id for failure in again.gone]
    repository_id = attempt.job.repository_id
    with warehouse.transaction():
        stored, _ = store_pull_requests(
            warehouse, repository_id, again.pull_requests, again.failures
        )
        if gone:
            confirm_deletions(warehouse, PULL_REQUESTS, [], gone, gone)
            delete_failures(warehouse, repository_id, gone)
        attempt.count(stored)
        attempt.save(warehouse)
