"""The small daily check: whether some stored pull requests and reviews still exist on GitHub.

They are looked up on the way, with the first page of an incremental pass, at no request of their
own; in time all of them are. What turns out to be gone is a suspect, as what a list lacks is.
"""

from __future__ import annotations

from dataclasses import dataclass

from github_sync.store.warehouse import Row, Warehouse

MOST = 100
"""Ids that GitHub looks up at once."""


@dataclass(frozen=True)
class ExistenceSample:
    """What is to be looked up this time, by pull request number."""

    things: tuple[Row, ...] = ()

    @property
    def node_ids(self) -> tuple[str, ...]:
        """What to ask GitHub for."""
        return tuple(thing["github_node_id"] for thing in self.things)


def next_existence_sample(warehouse: Warehouse, repository_id: int) -> ExistenceSample:
    """The next things to be looked up, where the last check ended."""
    with warehouse.transaction():
        return ExistenceSample(
            tuple(warehouse.run("sync/read_existence_sample", repository_id=repository_id))
        )


def save_existence_sample(
    warehouse: Warehouse, repository_id: int, checks: ExistenceSample, gone: set[str]
) -> None:
    """Note what is gone as missing, and where the next check begins; within a transaction.

    :param gone: node ids that GitHub answered it does not have
    """
    missing = [thing for thing in checks.things if thing["github_node_id"] in gone]
    warehouse.run(
        "sync/save_existence_sample",
        repository_id=repository_id,
        number=_next_position(checks),
        pull_requests=[t["github_pr_id"] for t in missing if t["github_review_id"] is None],
        reviews=[t["github_review_id"] for t in missing if t["github_review_id"] is not None],
    )


def _next_position(checks: ExistenceSample) -> int:
    """Behind which pull request the next check goes on; 0 for the beginning."""
    numbers = [int(thing["number"]) for thing in checks.things]
    if len(numbers) < MOST:
        return 0  # fewer than there is room for: that was the end
    # The last one's reviews may have been cut off: it comes first next time, unless it fills all.
    return numbers[-1] - 1 if numbers[0] < numbers[-1] else numbers[-1]
