"""The ways that are compared.

Each is a module of two functions: ``prepare(job)`` creates its tables, and ``sync(job)`` is
measured, in a process of its own.
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

    :param last_sync_at: when the sync before this one began (GitHub's clock); None for the first
    """

    github_url: str
    token: str
    conninfo: str
    full_name: str
    last_sync_at: datetime | None = None


class WayModule(Protocol):
    """What each way's module offers."""

    def prepare(self, job: Job) -> None:
        """Create the tables."""

    def sync(self, job: Job) -> None:
        """Bring them up to what GitHub has."""


@dataclass(frozen=True)
class Way:
    """One way to get pull requests and reviews into Postgres."""

    name: str
    title: str
    tally: str

    def load(self) -> WayModule:
        """Its module, which imports what it needs and nothing of the others."""
        return cast("WayModule", import_module(f"benchmarks.ways.{self.name}"))


OURS = Way("ours", "This package", "tally_our_tables")
REST_LISTS = Way("rest_lists", "REST lists", "tally_plain_tables")
REPLACED_JOB = Way("replaced_job", "The replaced job", "tally_plain_tables")
WAYS = (OURS, REST_LISTS, REPLACED_JOB)


@cache
def read_sql(name: str) -> bytes:
    """A statement of ``benchmarks/sql``."""
    return (SQL_FOLDER / f"{name}.sql").read_bytes()
