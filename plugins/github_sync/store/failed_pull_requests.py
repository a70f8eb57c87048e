"""The rows of sync_failures: pull requests that could not be read or stored."""

from __future__ import annotations

from dataclasses import dataclass

from github_sync.entities.pull_request import FailedPullRequest
from github_sync.errors import PullRequestsFailing
from github_sync.store.warehouse import Warehouse

NUMBERS_SHOWN = 10
"""How many pull requests a message names."""


@dataclass(frozen=True)
class Failures:
    """A repository's pull requests that could not be read or stored, by number.

    :param overdue: the numbers of those that have failed for too long
    """

    pull_requests: list[FailedPullRequest]
    overdue: list[int]

    def check_age(self, full_name: str, max_days: int) -> None:
        """Whether none has failed for too long.

        :raises PullRequestsFailing: one has
        """
        if self.overdue:
            raise PullRequestsFailing(
                f"{full_name}: everything else is synced, but {named(self.overdue)} could not be "
                f"stored for more than {max_days} days.",
                "github.sync_failures shows the reason. If GitHub cannot serve it, contact GitHub "
                "Support, or raise GITHUB_SYNC_MAX_FAILURE_DAYS.",
            )

    @property
    def message(self) -> str | None:
        """What a complete sync reports about them; None if there are none."""
        if not self.pull_requests:
            return None
        numbers = named([failed.number for failed in self.pull_requests])
        return (
            f"{complete_with(len(self.pull_requests)).capitalize()}: {numbers} could not be "
            f"stored. First error: {self.pull_requests[0].error} Each sync tries them again; see "
            "github.sync_failures."
        )


def refresh_counts(warehouse: Warehouse, repository_id: int, max_days: int) -> Failures:
    """Count what the repository has in the tables now, and read its failures.

    :param max_days: after so many days a failure is overdue
    """
    with warehouse.transaction():
        warehouse.run("sync/refresh_counts", repository_id=repository_id)
        rows = warehouse.run(
            "sync/read_sync_failures", repository_id=repository_id, max_days=max_days
        )
    overdue = [row["number"] for row in rows if row.pop("is_overdue")]
    return Failures([FailedPullRequest(**row) for row in rows], overdue)


def earlier_failures(warehouse: Warehouse, attempt_id: int) -> list[FailedPullRequest]:
    """At most 100 that failed before this attempt, those not tried for longest first."""
    with warehouse.transaction():
        rows = warehouse.run("sync/read_earlier_failures", attempt_id=attempt_id)
    return [FailedPullRequest(**row) for row in rows]


def delete_failures(warehouse: Warehouse, repository_id: int, pull_requests: list[int]) -> None:
    """Remove those that GitHub no longer has; call it within a transaction.

    :param pull_requests: their ``github_pr_id``
    """
    warehouse.run(
        "sync/delete_sync_failures", repository_id=repository_id, pull_requests=pull_requests
    )


def count_failed_pull_requests(warehouse: Warehouse, repository_ids: list[int]) -> int:
    """How many pull requests of these repositories are in sync_failures."""
    with warehouse.transaction():
        [row] = warehouse.run("runs/count_sync_failures", repositories=repository_ids)
    return int(row["failures"])


def complete_with(failures: int) -> str:
    """The status of a sync that stored everything but so many pull requests."""
    if not failures:
        return "complete"
    return f"complete with {failures} {'failure' if failures == 1 else 'failures'}"


def named(numbers: list[int]) -> str:
    """The first of the pull requests' numbers, in words: ``#1, #2 and 40 more``."""
    named = ", ".join(f"#{number}" for number in numbers[:NUMBERS_SHOWN])
    more = len(numbers) - NUMBERS_SHOWN
    return named + (f" and {more} more" if more > 0 else "")
