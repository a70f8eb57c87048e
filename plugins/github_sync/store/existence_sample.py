"""The daily existence sample: up to 100 stored rows that GitHub is asked for by id.

They are looked up along with the first page of an incremental scan, without a request of their own.
The sample moves on each time, so that all rows are looked up in turn. What is gone is a suspect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from github_sync.entities import KEPT_CHILDREN, KEPT_ENTITIES, PULL_REQUESTS
from github_sync.entities.child import Entity
from github_sync.entities.stored_row import StoredRow
from github_sync.entities.values import Row
from github_sync.store.warehouse import Warehouse

IDS_PER_REQUEST = 100
"""Ids that GitHub looks up at once."""


@dataclass(frozen=True)
class ExistenceSample:
    """What is looked up this time, in order of the pull requests' numbers."""

    rows: tuple[StoredRow, ...] = ()

    @property
    def next_number(self) -> int:
        """After which pull request the next sample begins; 0 for the first one."""
        numbers = [row.number for row in self.rows]
        if len(numbers) < IDS_PER_REQUEST:
            return 0  # fewer than fit: this was the end
        # The last one's children may be cut off: it comes first next time, unless it fills all.
        return numbers[-1] - 1 if numbers[0] < numbers[-1] else numbers[-1]


def next_existence_sample(warehouse: Warehouse, repository_id: int) -> ExistenceSample:
    """The next rows to look up, from where the last sample ended."""
    with warehouse.transaction():
        found = warehouse.run(PULL_REQUESTS.sql("read_sample"), repository_id=repository_id)
        rows = list(_sampled(PULL_REQUESTS, found))
        ids = [row["github_pr_id"] for row in found]
        for child in KEPT_CHILDREN if ids else ():
            rows += _sampled(child, warehouse.run(child.sql("read_sample"), pull_requests=ids))
    rows.sort(key=lambda row: (row.number, KEPT_ENTITIES.index(row.entity), row.key))
    return ExistenceSample(tuple(rows[:IDS_PER_REQUEST]))


def _sampled(entity: Entity, rows: list[Row]) -> Iterator[StoredRow]:
    return (StoredRow(entity, **row) for row in rows)
