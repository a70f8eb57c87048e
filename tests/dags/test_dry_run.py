"""A dry run says what a sync would take, and writes nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from github_server import Fault, Repository
from tests.fixtures.airflow import Airflow

OnGitHub = Callable[..., list[Repository]]
EVERYTHING = (
    "select (select json_agg(r) from github.tracked_repositories as r)::text"
    " || (select count(*) from github.sync_attempts)"
    " || (select count(*) from github.pull_requests) as everything"
)


def everything(airflow: Airflow) -> str:
    return str(airflow.database.one(EVERYTHING)["everything"])


def forecasts(summary: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {
        one["repository"]: (one["mode"], one["pull_requests"], one["requests"], one["is_exact"])
        for one in summary["dry_run"]["repositories"]
    }


def test_it_says_what_it_would_take_and_writes_nothing(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    api, web = on_github("acme/api", "acme/web")
    for number in range(230):
        web.pull_request(f"feat: {number}")
    airflow.add("acme/api", "acme/web")
    airflow.sync(repositories=["acme/api"])
    airflow.world.clock.advance(86400)
    api.pull_request("feat: new")
    api.pull_request("feat: newer")
    before = everything(airflow)  # the first one's pull request lies within the overlap

    run = airflow.sync(dry_run=True)

    assert run.state == "success"
    assert forecasts(run.summary) == {
        "acme/api": ("incremental", 3, 1, True),
        "acme/web": ("full", 231, 3, True),
    }
    assert run.summary["dry_run"]["requests"] == 4
    [connection] = run.summary["dry_run"]["connections"]
    assert (connection["requests"], connection["fits"]) == (4, True)
    assert "acme/web: full, 231 pull requests, 3 requests" in run.log
    assert "enough" in run.log
    assert "Nothing was written." in run.log
    assert everything(airflow) == before


def test_what_it_forecasts_is_what_it_takes(airflow: Airflow, on_github: OnGitHub) -> None:
    [web] = on_github("acme/web")
    for number in range(230):
        web.pull_request(f"feat: {number}")
        airflow.world.clock.advance(3600)
    airflow.add("acme/web")
    airflow.sync()
    since = (airflow.world.now() - timedelta(hours=200)).isoformat()
    forecast = forecasts(airflow.sync(dry_run=True, since=since).summary)["acme/web"]

    summary = airflow.sync(since=since).summary

    mode, pull_requests, requests, is_exact = forecast
    assert (mode, is_exact) == ("incremental", False), "only the last 100 are looked at"
    assert abs(pull_requests - summary["prs_synced"]) <= 2
    assert requests == summary["requests"] == 3


def test_a_quota_that_is_too_small_is_said(airflow: Airflow, on_github: OnGitHub) -> None:
    [web] = on_github("acme/web")
    for number in range(350):
        web.pull_request(f"feat: {number}")
    airflow.add("acme/web")
    airflow.set("GITHUB_SYNC_QUOTA_RESERVE", "0")
    airflow.world.rate_limit.limit = 4

    run = airflow.sync(dry_run=True)

    [connection] = run.summary["dry_run"]["connections"]
    assert connection["fits"] is False
    assert "NOT ENOUGH" in run.log


def test_of_one_that_was_never_asked_for_it_says_so(airflow: Airflow, on_github: OnGitHub) -> None:
    """As an operator's own insert leaves it: GitHub's id is learned by the first sync."""
    on_github("acme/web", "acme/other")
    airflow.add("acme/other")
    insert = "insert into github.tracked_repositories (full_name) values (%(name)s)"
    airflow.database.rows(insert, name="acme/web")

    run = airflow.sync(dry_run=True)

    assert forecasts(run.summary)["acme/web"] == ("full", None, 1, False)
    assert "acme/web: new: its first sync will show how many" in run.log


def test_a_repository_that_is_hidden_is_named(airflow: Airflow, on_github: OnGitHub) -> None:
    _, web = on_github("acme/api", "acme/web")
    airflow.add("acme/api", "acme/web")
    airflow.world.delete_repository(web)

    run = airflow.sync(dry_run=True)

    assert forecasts(run.summary)["acme/web"][1] is None
    assert "acme/web: GitHub does not show it to this connection under its stored id." in run.log


def test_it_does_not_even_make_the_tables(airflow_without_tables: Airflow) -> None:
    run = airflow_without_tables.begin(dry_run=True)

    assert run.run_task("list_active_repositories") == "failed"

    assert "The tables do not exist yet" in airflow_without_tables.log.read()
    schema = "select count(*) from pg_namespace where nspname = 'github'"
    assert airflow_without_tables.database.one(schema)["count"] == 0


@pytest.mark.parametrize(
    ("conf", "says"),
    [
        ({"since": "yesterday"}, "'yesterday' is not a time"),
        ({"since": "2026-01-31T00:00:00"}, "has no time zone"),
        ({"since": "2999-01-01T00:00:00Z"}, "is in the future"),
        ({"since": "2026-01-31T00:00:00Z", "full_resync": True}, "both since and full_resync"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(
    airflow: Airflow, on_github: OnGitHub, conf: dict[str, Any], says: str
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")

    run = airflow.begin(**conf)

    assert run.run_task("list_active_repositories") == "failed"
    assert says in airflow.log.read()


def test_the_newest_cannot_be_served(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    airflow.sync()
    node = {"id": airflow.tracked("acme/api")["github_node_id"]}
    node["pullRequests"] = {"totalCount": 1, "nodes": [None]}
    body = {"data": {"nodes": [node]}}
    airflow.world.faults.add(Fault(operation="RecentUpdates", body=body))

    run = airflow.sync(dry_run=True)

    assert run.state == "success"
    [forecast] = run.summary["dry_run"]["repositories"]
    assert (forecast["pull_requests"], forecast["is_exact"]) == (1, False)


@pytest.mark.parametrize(
    "since", ["2026-01-31T00:00:00.5Z", "2026-01-31t00:00:00z", "2026-01-31T02:00:00.1234567+02:00"]
)
def test_a_time_as_rfc_3339_writes_it(airflow: Airflow, on_github: OnGitHub, since: str) -> None:
    """Not all of which Python 3.10 reads by itself."""
    on_github("acme/api")
    airflow.add("acme/api")

    run = airflow.begin(since=since, dry_run=True)

    assert run.run_task("list_active_repositories") == "success", airflow.log.read()


def test_since_before_there_was_any_github(airflow: Airflow, on_github: OnGitHub) -> None:
    """Year 1, read back west of Greenwich, is a time that Python does not have."""
    [api] = on_github("acme/api")
    for number in range(3):
        api.pull_request(f"feat: {number}")
    airflow.add("acme/api")
    airflow.sync()
    name = airflow.database.name
    airflow.database.rows(f"alter database {name} set timezone to 'America/New_York'")
    airflow.set("GITHUB_SYNC_PAGE_SIZE", "1")
    airflow.world.faults.add(Fault(status=401, skip=1, times=2))

    run = airflow.sync(since="0001-01-01T00:00:00Z")

    assert run.state == "failed"
    assert airflow.tracked("acme/api")["scan_since"].year == 1999
    assert airflow.sync().state == "success", "it goes on"
