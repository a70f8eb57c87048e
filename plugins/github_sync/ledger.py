"""The rows of sync_failures: pull requests missing from the tables, and their next chance."""

from __future__ import annotations

from dataclasses import replace

from github_sync.attempts import Attempt
from github_sync.client import GitHubClient
from github_sync.errors import GitHubUnavailable
from github_sync.proofs import AskedAgain, ask_again
from github_sync.rows import Failure
from github_sync.storing import store_pull_requests
from github_sync.warehouse import Warehouse

NAMED = 10
"""How many missing pull requests a message names."""


def read_ledger(warehouse: Warehouse, repository_id: int) -> list[Failure]:
    """The repository's pull requests that could not be served or stored, by number."""
    with warehouse.transaction():
        rows = warehouse.run("read_sync_failures", repository_id=repository_id)
    return [Failure(**row) for row in rows]


def missing_pull_requests(warehouse: Warehouse, repository_ids: list[int]) -> int:
    """How many pull requests of these repositories are in the ledger."""
    with warehouse.transaction():
        [row] = warehouse.run("count_sync_failures", repositories=repository_ids)
    return int(row["failures"])


def retry_earlier_failures(warehouse: Warehouse, github: GitHubClient, attempt: Attempt) -> None:
    """Ask again, by id, for the pull requests that failed before this attempt.

    One that GitHub no longer has leaves the ledger, and is marked deleted if it was stored once.

    :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
    """
    is_away = False
    while earlier := _earlier_failures(warehouse, attempt):
        try:
            again = ask_again(github, earlier)
            is_away = False
        except GitHubUnavailable as refusal:
            if is_away:
                raise  # not this one pull request's doing
            again = AskedAgain([], [replace(earlier[0], error=str(refusal))], [])
            is_away = True
        _store(warehouse, attempt, again)


def _store(warehouse: Warehouse, attempt: Attempt, again: AskedAgain) -> None:
    gone = [failure.github_pr_id for failure in again.gone]
    repository_id = attempt.order.repository_id
    with warehouse.transaction():
        stored, _ = store_pull_requests(
            warehouse, repository_id, again.pull_requests, again.failures
        )
        warehouse.run("delete_pull_requests", pull_requests=gone)
        warehouse.run("delete_sync_failures", repository_id=repository_id, pull_requests=gone)
        attempt.count(warehouse, stored)


def describe_holes(failures: list[Failure]) -> str | None:
    """What a complete sync says of the pull requests that are missing; None if none is."""
    if not failures:
        return None
    numbers = ", ".join(f"#{failure.number}" for failure in failures[:NAMED])
    more = ", ..." if len(failures) > NAMED else ""
    return (
        f"Complete, except for {len(failures)} pull request(s) that could not be stored: {numbers}"
        f"{more}. The first: {failures[0].error} They are tried again at each sync; see "
        "github.sync_failures."
    )


def _earlier_failures(warehouse: Warehouse, attempt: Attempt) -> list[Failure]:
    with warehouse.transaction():
        rows = warehouse.run("read_earlier_failures", attempt_id=attempt.attempt_id)
    return [Failure(**row) for row in rows]
