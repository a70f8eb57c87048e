"""All repositories: how many are in each state, and one page of the list."""

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
MAX_AGE = timedelta(hours=26)
"""One day, plus the time that a sync may take. Older data are late."""

Key = Literal["state", "name", "fresh", "attempt", "prs", "requests"]
Sort = Literal[
    "state", "-state", "name", "-name", "fresh", "-fresh",
    "attempt", "-attempt", "prs", "-prs", "requests", "-requests",
]  # fmt: skip


class OverviewQuery(BaseModel):
    """The URL parameters: which repositories, in what order. A minus sign means descending."""

    search: Annotated[str, Field(max_length=200)] = ""
    state: Annotated[str, Field(max_length=20)] = ""
    sort: Sort = "state"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1

    def url(self, **changes: object) -> str:
        """The query string with these changes, on the first page of the list."""
        defaults = OverviewQuery().model_dump()
        values = self.model_dump() | {"page": 1} | changes
        changed = {name: value for name, value in values.items() if value != defaults[name]}
        return "?" + urlencode(changed)

    def sort_url(self, key: Key) -> str:
        """The query string that sorts by this key, or reverses the order if it already does."""
        return self.url(sort=f"-{key}" if self.sort == key else key)

    def sort_direction(self, key: Key) -> str | None:
        """The direction in which it is sorted by this key, as a value of ``aria-sort``."""
        return {key: "ascending", f"-{key}": "descending"}.get(self.sort)


@dataclass(frozen=True)
class Overview:
    """What the UI shows of all repositories.

    :param counts: the number of repositories by state
    :param oldest_at: the oldest ``last_sync_at`` of repositories that are not paused
    :param newest_at: the newest one
    :param failed_runs: the instances to clear: runs with their map indexes
    :param matching: how many repositories match the query, on all pages of the list
    """

    query: OverviewQuery
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
        """Repositories that the daily run syncs."""
        return self.total - self.counts.get("paused", 0)

    @property
    def not_complete(self) -> int:
        """Active repositories whose data are not complete."""
        return self.active - self.counts.get("complete", 0)

    @property
    def clearable(self) -> int:
        """How many failed instances can be cleared."""
        return sum(len(run["map_indexes"]) for run in self.failed_runs)

    @property
    def is_stale(self) -> bool:
        """Whether the data of any repository are older than a daily sync allows."""
        return _is_stale(self.oldest_at)

    @property
    def is_late(self) -> bool:
        """Whether the data of all repositories are: no daily run has completed."""
        return _is_stale(self.newest_at)

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, ceil(self.matching / PAGE_SIZE))


def read_overview(warehouse: Warehouse, query: OverviewQuery) -> Overview:
    """The overview for this query. Call it within a transaction."""
    states = warehouse.run("runs/count_states")
    [freshness] = warehouse.run("runs/read_freshness")
    rows = warehouse.run(
        "ui/read_overview",
        **query.model_dump(exclude={"page"}),
        states=list(STATES),
        page_size=PAGE_SIZE,
        skipped=(query.page - 1) * PAGE_SIZE,
    )
    return Overview(
        query,
        {row["state"]: row["repositories"] for row in states},
        freshness["oldest_at"],
        freshness["newest_at"],
        warehouse.run("runs/read_quotas"),
        warehouse.run("ui/read_failed_runs"),
        rows,
        rows[0]["matching"] if rows else 0,
    )


def _is_stale(moment: datetime | None) -> bool:
    return moment is not None and datetime.now(timezone.utc) - moment > MAX_AGE
