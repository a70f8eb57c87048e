"""The rows of sync_failures: pull requests missing from the tables, and their next chance."""

from __future__ import annotations

from dataclasses import dataclass, replace

from github_sync.api.client import GitHubClient
from github_sync.api.node_lookup import Refetched, look_up, refetch
from github_sync.entities.pull_request import Failure
from github_sync.errors import GitHubUnavailable, PullRequestsFailing
from github_sync.store.pull_requests import store_pull_requests
from github_sync.store.sync_attempts import Attempt, complete_with
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.store.warehouse import Warehouse

NAMED = 10
"""How many missing pull requests a message names."""


@dataclass(frozen=True)
class FailedPullRequests:
    """A repository's pull requests that could not be served or stored, by number.

    :param overdue: the numbers of those that failed for too long
    """

    failures: list[Failure]
    overdue: list[int]


def refresh_counts(warehouse: Warehouse, repository_id: int, max_days: int) -> FailedPullRequests:
    """What is missing, and for more than ``max_days`` days; what the tables came to is noted."""
    with warehouse.transaction():
        warehouse.run("sync/refresh_counts", repository_id=repository_id)
        rows = warehouse.run(
            "sync/read_sync_failures", repository_id=repository_id, max_days=max_days
        )
    overdue = [row["number"] for row in rows if row.pop("is_overdue")]
    return FailedPullRequests([Failure(**row) for row in rows], overdue)


def count_failed_pull_requests(warehouse: Warehouse, repository_ids: list[int]) -> int:
    """How many pull requests of these repositories are in the ledger."""
    with warehouse.transaction():
        [row] = warehouse.run("runs/count_sync_failures", repositories=repository_ids)
    return int(row["failures"])


def retry_earlier_failures(
    warehouse: Warehouse, github: GitHubClient, attempt: Attempt, repository: TrackedRepository
) -> None:
    """Ask again, by id, for the pull requests that failed before this attempt.

    One that GitHub no longer has leaves the ledger, and is marked deleted if it was stored once.

    :param repository: whose node id is known
    :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
    """
    node_id = str(repository.github_node_id)
    while earlier := _earlier_failures(warehouse, attempt):
        try:
            again = refetch(github, node_id, earlier)
        except GitHubUnavailable as refusal:
            if not refusal.may_be_too_much:
                raise
            # If GitHub can look it up, it is this one pull request that is too much for it.
            look_up(github, node_id, [earlier[0].github_node_id], tries=1)
            again = Refetched([], [replace(earlier[0], error=str(refusal))], [])
        _store(warehouse, attempt, again)


def _store(warehouse: Warehouse, attempt: Attempt, again: Refetched) -> None:
    gone = [failure.github_pr_id for failure in again.gone]
    repository_id = attempt.order.repository_id
    with warehouse.transaction():
        stored, _ = store_pull_requests(
            warehouse, repository_id, again.pull_requests, again.failures
        )
        warehouse.run("entities/pull_requests/confirm_deletions", present=[], gone=gone)
        warehouse.run("sync/delete_sync_failures", repository_id=repository_id, pull_requests=gone)
        attempt.count(warehouse, stored)


def check_age(ledger: FailedPullRequests, full_name: str, max_days: int) -> None:
    """Whether no pull request has been missing for too long.

    :raises PullRequestsFailing: one has
    """
    if ledger.overdue:
        raise PullRequestsFailing(
            f"{full_name}: everything else is synced, but for more than {max_days} days "
            f"{_named(ledger.overdue)} could not be stored.",
            "github.sync_failures says why; if it is GitHub that cannot serve it, ask its support, "
            "or raise GITHUB_SYNC_MAX_FAILURE_DAYS.",
        )


def failures_message(failures: list[Failure]) -> str | None:
    """What a complete sync says of the pull requests that are missing; None if none is."""
    if not failures:
        return None
    numbers = _named([failure.number for failure in failures])
    return (
        f"{complete_with(len(failures)).capitalize()}: "
        f"{numbers} could not be stored. The first: {failures[0].error} They are tried again at "
        "each sync; see github.sync_failures."
    )


def _named(numbers: list[int]) -> str:
    """The first of the pull requests' numbers, in words."""
    named = ", ".join(f"#{number}" for number in numbers[:NAMED])
    return named + (f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else "")


def _earlier_failures(warehouse: Warehouse, attempt: Attempt) -> list[Failure]:
    with warehouse.transaction():
        rows = warehouse.run("sync/read_earlier_failures", attempt_id=attempt.attempt_id)
    return [Failure(**row) for row in rows]
