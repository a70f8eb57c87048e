"""Measures each approach: a first sync, one after a day of changes, one without changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from benchmarks.approaches import Approach, read_sql
from benchmarks.github_process import GitHubHost
from benchmarks.history import Tally
from benchmarks.postgres import Postgres
from benchmarks.processes import Usage, sync_in_process

FIRST_SYNC, A_DAY_LATER, NOTHING_CHANGED = "First sync", "A day later", "Nothing changed"
SCENARIOS = (FIRST_SYNC, A_DAY_LATER, NOTHING_CHANGED)


class TablesDiffer(Exception):
    """The tables differ from GitHub, so the measurement is invalid."""


@dataclass(frozen=True)
class Measurement:
    """One sync: what was synced, how many requests it sent, what it used.

    :param pull_requests: the repository's size
    :param rows: pull requests and reviews in the tables afterwards
    :param github_cpu_seconds: used by the local GitHub server meanwhile
    :param postgres_cpu_seconds: used by Postgres for its connections
    """

    approach: Approach
    scenario: str
    latency_ms: int
    pull_requests: int
    requests: int
    rows: int
    usage: Usage
    github_cpu_seconds: float
    postgres_cpu_seconds: float


class SyncSeries:
    """An approach's consecutive syncs of one repository, starting with an empty database."""

    def __init__(
        self, benchmark: Benchmark, approach: Approach, conninfo: str, pull_requests: int
    ) -> None:
        self._github, self._postgres = benchmark.github, benchmark.postgres
        self._approach, self.conninfo, self._pull_requests = approach, conninfo, pull_requests
        self._last_sync_at: datetime | None = None
        approach.load().prepare(self._github.job(conninfo, None))

    def sync(self, scenario: str, latency_ms: int = 0) -> Measurement:
        """One sync, measured and checked."""
        github, started_at = self._github, self._github.now()
        github.delay_responses(latency_ms)
        github_cpu, postgres_cpu = github.cpu_seconds(), self._postgres.cpu_seconds()
        usage = sync_in_process(self._approach, github.job(self.conninfo, self._last_sync_at))
        github_cpu = github.cpu_seconds() - github_cpu
        postgres_cpu = self._postgres.cpu_seconds() - postgres_cpu
        self._last_sync_at = started_at
        tally = self.check()
        return Measurement(
            approach=self._approach,
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
        self._github.advance_day(changed)
        yield self.sync(A_DAY_LATER, latency_ms)
        self._github.advance_day(0)
        yield self.sync(NOTHING_CHANGED, latency_ms)

    def check(self) -> Tally:
        """The counts in the tables.

        :raises TablesDiffer: they differ from GitHub
        """
        with psycopg.connect(self.conninfo, row_factory=class_row(Tally)) as connection:
            stored = connection.execute(read_sql(self._approach.tally)).fetchone()
        truth = self._github.tally()
        if stored != truth:
            raise TablesDiffer(f"{self._approach.title}: stored {stored}, but GitHub has {truth}")
        return truth


@dataclass(frozen=True)
class Benchmark:
    """Measures syncs.

    :param report: called with a line about each measurement
    """

    github: GitHubHost
    postgres: Postgres
    report: Callable[[str], None]

    @contextmanager
    def series(self, approach: Approach, pull_requests: int) -> Iterator[SyncSeries]:
        """A series of syncs, in its own database."""
        self.github.start(pull_requests)
        try:
            with self.postgres.database() as conninfo:
                yield SyncSeries(self, approach, conninfo, pull_requests)
        finally:
            self.github.stop()

    def full_series(
        self,
        approach: Approach,
        pull_requests: int,
        changed: int,
        latencies_ms: Iterable[int] = (0,),
    ) -> list[Measurement]:
        """A first sync without latency; then a day with changes and one without, for each."""
        with self.series(approach, pull_requests) as series:
            measured = [series.sync(FIRST_SYNC)]
            for latency_ms in latencies_ms:
                measured += series.daily_syncs(changed, latency_ms)
        self._report(approach, measured)
        return measured

    def first_sync(
        self, approach: Approach, pull_requests: int, latency_ms: int = 0
    ) -> Measurement:
        """A first sync only."""
        with self.series(approach, pull_requests) as series:
            measured = series.sync(FIRST_SYNC, latency_ms)
        self._report(approach, [measured])
        return measured

    def _report(self, approach: Approach, measured: list[Measurement]) -> None:
        seconds = ", ".join(f"{one.usage.seconds:.1f}" for one in measured)
        syncs = "1 sync" if len(measured) == 1 else f"{len(measured)} syncs"
        size = f"{measured[0].pull_requests:,} pull requests"
        self.report(f"{approach.title}, {size}: {syncs} of {seconds} s, tables match GitHub")
