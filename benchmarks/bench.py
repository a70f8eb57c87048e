"""Measures each way over the same history: a first sync, a day's changes, a quiet day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from benchmarks.github_process import GitHubHost
from benchmarks.history import Tally
from benchmarks.postgres import Postgres
from benchmarks.processes import Usage, sync_in_process
from benchmarks.ways import Way, read_sql

FIRST_SYNC, A_DAY_LATER, NOTHING_CHANGED = "First sync", "A day later", "Nothing changed"
SCENARIOS = (FIRST_SYNC, A_DAY_LATER, NOTHING_CHANGED)


class TablesDiffer(Exception):
    """The tables do not hold what GitHub has: the measurement is worthless."""


@dataclass(frozen=True)
class Measurement:
    """One sync: what it was, what it asked for, what it used.

    :param pull_requests: the repository's size
    :param rows: pull requests and reviews that the tables hold afterwards
    :param github_cpu_seconds: what the local GitHub server used meanwhile
    :param postgres_cpu_seconds: what the connections to Postgres used there
    """

    way: Way
    scenario: str
    latency_ms: int
    pull_requests: int
    requests: int
    rows: int
    usage: Usage
    github_cpu_seconds: float
    postgres_cpu_seconds: float


class Story:
    """One way's syncs of one repository, from its empty database on."""

    def __init__(self, bench: Bench, way: Way, conninfo: str, pull_requests: int) -> None:
        self._github, self._postgres = bench.github, bench.postgres
        self._way, self.conninfo, self._pull_requests = way, conninfo, pull_requests
        self._last_sync_at: datetime | None = None
        way.load().prepare(self._github.job(conninfo, None))

    def sync(self, scenario: str, latency_ms: int = 0) -> Measurement:
        """One sync, measured and checked."""
        github, began_at = self._github, self._github.now()
        github.answer_after(latency_ms)
        github_cpu, postgres_cpu = github.cpu_seconds(), self._postgres.cpu_seconds()
        usage = sync_in_process(self._way, github.job(self.conninfo, self._last_sync_at))
        github_cpu = github.cpu_seconds() - github_cpu
        postgres_cpu = self._postgres.cpu_seconds() - postgres_cpu
        self._last_sync_at = began_at
        tally = self.check()
        return Measurement(
            way=self._way,
            scenario=scenario,
            latency_ms=latency_ms,
            pull_requests=self._pull_requests,
            requests=github.take_requests(),
            rows=tally.pull_requests + tally.reviews,
            usage=usage,
            github_cpu_seconds=github_cpu,
            postgres_cpu_seconds=postgres_cpu,
        )

    def daily_syncs(self, changed: int, latency_ms: int = 0) -> Iterator[Measurement]:
        """A day with changes and one without."""
        self._github.a_day_passes(changed)
        yield self.sync(A_DAY_LATER, latency_ms)
        self._github.a_day_passes(0)
        yield self.sync(NOTHING_CHANGED, latency_ms)

    def check(self) -> Tally:
        """What the tables hold.

        :raises TablesDiffer: not what GitHub has
        """
        with psycopg.connect(self.conninfo, row_factory=class_row(Tally)) as connection:
            stored = connection.execute(read_sql(self._way.tally)).fetchone()
        truth = self._github.tally()
        if stored != truth:
            raise TablesDiffer(f"{self._way.title}: stored {stored}, but GitHub has {truth}")
        return truth


@dataclass(frozen=True)
class Bench:
    """Where stories are told.

    :param tell: called with a line about each measurement
    """

    github: GitHubHost
    postgres: Postgres
    tell: Callable[[str], None]

    @contextmanager
    def story(self, way: Way, pull_requests: int) -> Iterator[Story]:
        """A way's story, in a database of its own."""
        self.github.begin(pull_requests)
        try:
            with self.postgres.database() as conninfo:
                yield Story(self, way, conninfo, pull_requests)
        finally:
            self.github.end()

    def whole_story(
        self, way: Way, pull_requests: int, changed: int, latencies_ms: Iterable[int] = (0,)
    ) -> list[Measurement]:
        """A first sync without latency; then a day with changes and one without, for each."""
        with self.story(way, pull_requests) as story:
            told = [story.sync(FIRST_SYNC)]
            for latency_ms in latencies_ms:
                told += story.daily_syncs(changed, latency_ms)
        self._tell(way, told)
        return told

    def first_sync(self, way: Way, pull_requests: int, latency_ms: int = 0) -> Measurement:
        """Only that."""
        with self.story(way, pull_requests) as story:
            told = story.sync(FIRST_SYNC, latency_ms)
        self._tell(way, [told])
        return told

    def _tell(self, way: Way, told: list[Measurement]) -> None:
        seconds = ", ".join(f"{one.usage.seconds:.1f}" for one in told)
        syncs = "1 sync" if len(told) == 1 else f"{len(told)} syncs"
        size = f"{told[0].pull_requests:,} pull requests"
        self.tell(f"{way.title}, {size}: {syncs} of {seconds} s, tables equal to GitHub's")
