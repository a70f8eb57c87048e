"""The compared approaches.

Each is a module with two functions: ``prepare(job)`` creates its tables, and ``sync(job)`` is
measured in its own process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

SQL_FOLDER = Path(__file__).resolve().parents[1] / "sql"


@dataclass(frozen=True)
class Job:
    """One sync to do.

    :param last_sync_at: when the last sync started (GitHub's clock); None for the first
    """

    github_url: str
    token: str
    conninfo: str
    full_name: str
    last_sync_at: datetime | None = None


class ApproachModule(Protocol):
    """An approach's module."""

    def prepare(self, job: Job) -> None:
        """Create the tables."""

    def sync(self, job: Job) -> None:
        """Copy the changes from GitHub."""


@dataclass(frozen=True)
class Approach:
    """A way to copy pull requests and reviews into Postgres."""

    name: str
    title: str
    tally: str

    def load(self) -> ApproachModule:
        """Import its module, and only that."""
        return cast("ApproachModule", import_module(f"benchmarks.approaches.{self.name}"))


OURS = Approach("ours", "This package", "tally_our_tables")
REST_LISTS = Approach("rest_lists", "REST lists", "tally_plain_tables")
REPLACED_JOB = Approach("replaced_job", "The replaced job", "tally_plain_tables")
APPROACHES = (OURS, REST_LISTS, REPLACED_JOB)


@cache
def read_sql(name: str) -> bytes:
    """A statement of ``benchmarks/sql``."""
    return (SQL_FOLDER / f"{name}.sql").read_bytes()
