"""The benchmark runs at a small size, asks as often as it says, and notices wrong tables."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from benchmarks.bench import A_DAY_LATER, FIRST_SYNC, NOTHING_CHANGED, Bench, TablesDiffer
from benchmarks.github_process import github_process
from benchmarks.plan import Plan, carry_out
from benchmarks.postgres import Postgres
from benchmarks.report import page
from benchmarks.ways import OURS, REPLACED_JOB, REST_LISTS, Way
from tests.fixtures.postgres import Database

PULL_REQUESTS, CHANGED, CHANGED_ISSUES = 101, 8, 2
PLAN = Plan(PULL_REQUESTS, CHANGED, runs=1, latency_ms=0, more_pull_requests=0)


@pytest.fixture(scope="module")
def bench(postgres: Database) -> Iterator[Bench]:
    with github_process() as github:
        yield Bench(github, Postgres(postgres.conninfo), tell=print)


def test_each_way_asks_as_often_as_it_says(bench: Bench) -> None:
    results = carry_out(PLAN, bench)

    requests = {(line.way, line.scenario): line.requests for line in results.lines()}
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
    text = page(results, bench.postgres)
    assert "| First sync | The replaced job | 409 |" in text
    assert "$" not in text


@pytest.mark.parametrize(("way", "schema"), [(OURS, "github"), (REST_LISTS, "plain")])
def test_tables_that_differ_from_github_end_it(bench: Bench, way: Way, schema: str) -> None:
    with bench.story(way, pull_requests=2) as story:
        assert story.sync(FIRST_SYNC).rows == 2 + 2 * 3
        with psycopg.connect(story.conninfo) as connection:
            connection.execute(
                f"delete from {schema}.pull_request_reviews where state = 'approved'"
            )

        with pytest.raises(TablesDiffer, match=r"reviews=4.* GitHub has .*reviews=6"):
            story.check()
