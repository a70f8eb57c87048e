"""All repositories at a glance: how many are in which state, and a page of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from math import ceil
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from github_sync.entities.values import Row
from github_sync.store.warehouse import Warehouse
from github_sync.ui.states import STATES

PAGE_SIZE = 50
STALE = timedelta(hours=26)
"""A daily sync, and the time one may take."""

Key = Literal["state", "name", "fresh", "attempt", "prs", "requests"]
Sort = Literal[
    "state", "-state", "name", "-name", "fresh", "-fresh",
    "attempt", "-attempt", "prs", "-prs", "requests", "-requests",
]  # fmt: skip


class Selection(BaseModel):
    """Which repositories are shown, and in what order; a minus sign means descending."""

    search: Annotated[str, Field(max_length=200)] = ""
    state: Annotated[str, Field(max_length=20)] = ""
    sort: Sort = "state"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1

    def address(self, **changes: object) -> str:
        """The query string of the same selection, but for these changes."""
        defaults = Selection().model_dump()
        values = self.model_dump() | {"page": 1} | changes
        changed = {name: value for name, value in values.items() if value != defaults[name]}
        return "?" + urlencode(changed)

    def sorted_by(self, key: Key) -> str:
        """The address that sorts by this, or the other way round if it is so already."""
        return self.address(sort=f"-{key}" if self.sort == key else key)

    def direction(self, key: Key) -> str | None:
        """In which direction it is sorted by this, as ``aria-sort`` has it."""
        return {key: "ascending", f"-{key}": "descending"}.get(self.sort)


@dataclass(frozen=True)
class Fleet:
    """What the page shows.

    :param counts: of repositories, by state
    :param oldest_at: up to when the tables are complete for the repository furthest behind, without
        paused ones and those never synced
    :param newest_at: the same for the one furthest on
    :param failed_runs: the instances to clear: of each run, their map indexes
    :param matching: how many repositories the selection has, on all of its pages
    """

    selection: Selection
    counts: dict[str, int]
    oldest_at: datetime | None
    newest_at: datetime | None
    quotas: list[Row]
    failed_runs: list[Row]
    repositories: list[Row]
    matching: int

    @property
    def total(self) -> int:
        """All tracked repositories."""
        return sum(self.counts.values())

    @property
    def active(self) -> int:
        """Those that the daily run syncs."""
        return self.total - self.counts.get("paused", 0)

    @property
    def not_complete(self) -> int:
        """Those of them whose data are not complete."""
        return self.active - self.counts.get("complete", 0)

    @property
    def clearable(self) -> int:
        """How many instances there are to clear."""
        return sum(len(run["map_indexes"]) for run in self.failed_runs)

    @property
    def is_stale(self) -> bool:
        """Whether some repository is further behind than a daily sync would leave it."""
        return _is_stale(self.oldest_at)

    @property
    def is_late(self) -> bool:
        """Whether all are: no daily run has completed."""
        return _is_stale(self.newest_at)

    @property
    def pages(self) -> int:
        """How many pages the selection has."""
        return max(1, ceil(self.matching / PAGE_SIZE))


def read_fleet(warehouse: Warehouse, selection: Selection) -> Fleet:
    """The page for this selection; call it within a transaction."""
    states = warehouse.run("runs/count_states")
    [freshness] = warehouse.run("runs/read_freshness")
    rows = warehouse.run(
        "ui/read_overview",
        **selection.model_dump(exclude={"page"}),
        states=list(STATES),
        page_size=PAGE_SIZE,
        skipped=(selection.page - 1) * PAGE_SIZE,
    )
    return Fleet(
        selection,
        {row["state"]: row["repositories"] for row in states},
        freshness["oldest_at"],
        freshness["newest_at"],
        warehouse.run("runs/read_quotas"),
        warehouse.run("ui/read_failed_runs"),
        rows,
        rows[0]["matching"] if rows else 0,
    )


def _is_stale(moment: datetime | None) -> bool:
    return moment is not None and datetime.now(timezone.utc) - moment > STALE
