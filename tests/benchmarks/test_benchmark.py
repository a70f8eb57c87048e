"""A small benchmark counts the requests correctly and notices wrong tables."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from benchmarks.approaches import OURS, REPLACED_JOB, REST_LISTS, Approach
from benchmarks.github_process import github_process
from benchmarks.measuring import A_DAY_LATER, FIRST_SYNC, NOTHING_CHANGED, Benchmark, TablesDiffer
from benchmarks.plan import Plan, run_plan
from benchmarks.postgres import Postgres
from benchmarks.report import markdown_report
from tests.fixtures.postgres import Database

PULL_REQUESTS, CHANGED, CHANGED_ISSUES = 101, 8, 2
PLAN = Plan(PULL_REQUESTS, CHANGED, runs=1, latency_ms=0, more_pull_requests=0)


@pytest.fixture(scope="module")
def benchmark(postgres: Database) -> Iterator[Benchmark]:
    with github_process() as github:
        yield Benchmark(github, Postgres(postgres.conninfo), report=print)


def test_each_way_asks_as_often_as_it_says(benchmark: Benchmark) -> None:
    results = run_plan(PLAN, benchmark)

    requests = {(line.approach, line.scenario): line.requests for line in results.lines()}
    assert requests == {
        (OURS, FIRST_SYNC): 2,
        (OURS, A_DAY_LATER): 1,
        (OURS, NOTHING_CHANGED): 1,
        # lists of 100, reviews of each; the newest one stored is always read again
        (REST_LISTS, FIRST_SYNC): 2 + PULL_REQUESTS,
        (REST_LISTS, A_DAY_LATER): 1 + CHANGED + 1,
        (REST_LISTS, NOTHING_CHANGED): 1 + 1,
        # the repository, lists of 30, four for each pull request, one for each plain issue
        (REPLACED_JOB, FIRST_SYNC): 1 + 4 + 4 * PULL_REQUESTS,
        (REPLACED_JOB, A_DAY_LATER): 1 + 1 + 4 * CHANGED + CHANGED_ISSUES,
        (REPLACED_JOB, NOTHING_CHANGED): 1 + 1,
    }
    assert all(line.seconds > 0 and line.peak_mib > 20 for line in results.lines())
    text = markdown_report(results, benchmark.postgres)
    assert "| First sync | The replaced job | 409 |" in text
    assert "$" not in text


@pytest.mark.parametrize(("approach", "schema"), [(OURS, "github"), (REST_LISTS, "plain")])
def test_it_stops_if_the_tables_differ_from_github(
    benchmark: Benchmark, approach: Approach, schema: str
) -> None:
    with benchmark.series(approach, pull_requests=2) as series:
        assert series.sync(FIRST_SYNC).rows == 2 + 2 * 3
        with psycopg.connect(series.conninfo) as connection:
            connection.execute(
                f"delete from {schema}.pull_request_reviews where state = 'approved'"
            )

        with pytest.raises(TablesDiffer, match=r"reviews=4.* GitHub has .*reviews=6"):
            series.check()
