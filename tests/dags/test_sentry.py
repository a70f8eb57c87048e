"""What Sentry receives, and what no one does: secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_sync.tasks.callbacks import report_failed_instance
from github_sync.tasks.failures import KILLED_REASON
from tests.fixtures.airflow import Airflow
from tests.fixtures.sentry import SentryListener

OnGitHub = Callable[..., list[Repository]]
TOKEN = "opaque9f3b2c71token"
"""Of no shape that gives it away, as on an old Enterprise Server."""
PASSWORD = "opaque5d8e6a04password"


def of_node(repository: Repository, **how: Any) -> Fault:
    return Fault(variables=lambda given: given.get("nodeId") == repository.id, **how)


def event_of(sentry: SentryListener, full_name: str) -> dict[str, Any]:
    [event] = [event for event in sentry.events if event["tags"]["repository"] == full_name]
    return event


def test_each_final_failure_is_one_event_that_says_where_it_happened(
    world: World, airflow: Airflow, sentry: SentryListener, on_github: OnGitHub
) -> None:
    names = ("acme/api", "acme/down", "acme/gone", "acme/lost")
    _, down, gone, lost = on_github(*names)
    airflow.set("SENTRY_DSN", sentry.dsn)
    airflow.add(*names)
    world.faults.add(of_node(down, status=502, times=ALWAYS))
    world.delete_repository(gone)
    world.delete_repository(lost)

    run = airflow.sync()

    failed = {"acme/down": "4", "acme/gone": "1", "acme/lost": "1"}
    assert sorted(event["tags"]["repository"] for event in sentry.events) == sorted(failed)
    for name, tries in failed.items():
        event = event_of(sentry, name)
        [attempt] = [one for one in airflow.attempts(name) if one["is_final"]]
        assert event["tags"] == {
            "repository": name,
            "dag_id": "sync_github_repositories",
            "task_id": "sync_repository",
            "run_id": run.run_id,
            "map_index": str(attempt["map_index"]),
            "try_number": tries,
        }
        assert event["contexts"]["airflow"]["log_url"] == attempt["log_url"]
        assert name in event["exception"]["values"][-1]["value"]
        assert attempt["reported_at"] is not None
    fingerprints = {name: tuple(event_of(sentry, name)["fingerprint"]) for name in failed}
    assert fingerprints["acme/gone"] == fingerprints["acme/lost"] != fingerprints["acme/down"]
    assert event_of(sentry, "acme/down")["exception"]["values"][-1]["type"] == "GitHubUnavailable"
    assert b'"vars"' not in b"".join(sentry.envelopes), "local variables hold secrets"
    assert "Sentry is off" not in run.log


def test_a_failure_is_reported_again_only_when_it_happens_again(
    world: World, airflow: Airflow, sentry: SentryListener, on_github: OnGitHub
) -> None:
    [gone] = on_github("acme/gone")
    airflow.set("SENTRY_DSN", sentry.dsn)
    airflow.add("acme/gone")
    world.delete_repository(gone)

    first, second = airflow.sync(), airflow.sync()

    assert [event["tags"]["run_id"] for event in sentry.events] == [first.run_id, second.run_id]


def test_a_list_that_failed_is_reported_too(airflow: Airflow, sentry: SentryListener) -> None:
    airflow.set("SENTRY_DSN", sentry.dsn)

    airflow.sync(repository=["acme/api"])

    [event] = sentry.events
    assert event["tags"]["task_id"] == "list_active_repositories"
    assert "'repository'" in event["exception"]["values"][-1]["value"]


def test_a_summary_that_could_not_be_made_is_reported_too(
    airflow: Airflow, sentry: SentryListener, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.set("SENTRY_DSN", sentry.dsn)
    airflow.add("acme/api")
    run = airflow.begin()
    run.run_task("list_active_repositories")
    run.run_task("sync_repository", 0)
    airflow.set("GITHUB_SYNC_PAGE_SIZE", "many")

    assert run.run_task("summarize_run") == "failed"

    [event] = sentry.events
    assert event["tags"]["task_id"] == "summarize_run"
    assert "GITHUB_SYNC_PAGE_SIZE" in event["exception"]["values"][-1]["value"]


@pytest.mark.parametrize("exception", [None, "Detected a task without a heartbeat"])
def test_a_list_that_was_killed_is_reported_as_killed(
    airflow: Airflow, sentry: SentryListener, exception: str | None
) -> None:
    """The Dag processor calls the callback with no exception, or with a text."""
    airflow.set("SENTRY_DSN", sentry.dsn)
    ti = SimpleNamespace(
        task_id="list_active_repositories", map_index=-1, try_number=4, log_url=None
    )

    report_failed_instance({"ti": ti, "run_id": "daily", "exception": exception})

    [event] = sentry.events
    [value] = event["exception"]["values"]
    assert event["tags"]["task_id"] == "list_active_repositories"
    assert value["type"] == "TaskKilled"
    assert value["value"] == (exception or KILLED_REASON)


def test_the_dsn_of_airflows_configuration_is_used(
    world: World, airflow: Airflow, sentry: SentryListener, on_github: OnGitHub
) -> None:
    [gone] = on_github("acme/gone")
    airflow.set("AIRFLOW__SENTRY__SENTRY_DSN", sentry.dsn)
    airflow.set("SENTRY_DSN", "http://key@127.0.0.1:1/1")
    airflow.add("acme/gone")
    world.delete_repository(gone)

    airflow.sync()

    assert event_of(sentry, "acme/gone")


def test_without_a_dsn_everything_works_and_says_once_that_sentry_is_off(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    _, gone = on_github("acme/api", "acme/gone")
    airflow.add("acme/api", "acme/gone")
    world.delete_repository(gone)

    run = airflow.sync()

    assert (run.summary["repos_complete"], run.summary["repos_error"]) == (1, 1)
    assert run.log.count("Sentry is off") == 1
    assert airflow.tracked("acme/gone")["sync_status"] == "error"


@pytest.mark.parametrize("dsn", ["http://key@127.0.0.1:1/1", "not a DSN"])
def test_a_sentry_that_cannot_be_reached_costs_no_repository_its_record(
    dsn: str, world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    _, gone = on_github("acme/api", "acme/gone")
    airflow.set("SENTRY_DSN", dsn)
    airflow.add("acme/api", "acme/gone")
    world.delete_repository(gone)

    run = airflow.sync()

    assert (run.summary["repos_complete"], run.summary["repos_error"]) == (1, 1)
    assert airflow.tracked("acme/gone")["sync_status"] == "error"
    assert airflow.tracked("acme/api")["sync_status"] == "complete"


def test_no_secret_is_in_events_logs_tables_or_results(
    world: World, airflow: Airflow, sentry: SentryListener, on_github: OnGitHub
) -> None:
    names = ("acme/api", "acme/echo", "acme/page")
    _, echo, page = on_github(*names)
    world.token(TOKEN)
    airflow.connect("github_default", conn_type="github", password=TOKEN)
    warehouse = json.loads(airflow.database.airflow_connection) | {"password": PASSWORD}
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", json.dumps(warehouse))
    airflow.set("SENTRY_DSN", sentry.dsn)
    said = f"Authorization: token {TOKEN} is wrong, says {TOKEN}"
    tracked = airflow.track(*names)
    world.faults.add(of_node(echo, status=401, body={"message": said}, times=2))
    world.faults.add(of_node(page, status=502, body=said, times=ALWAYS))
    failed = airflow.sync()
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", json.dumps(warehouse | {"host": "127.0.0.1"}))
    away = airflow.sync()

    assert len(sentry.events) == 3
    places = {
        "events": b"".join(sentry.envelopes).decode(),
        "logs": tracked.log + failed.log + away.log,
        "results": str([run.results for run in (tracked, failed, away)]),
        "tables": str([[*airflow.attempts(name), airflow.tracked(name)] for name in names]),
    }
    for place, text in places.items():
        assert "acme/echo" in text or place == "events", "the search looks at the right thing"
        assert TOKEN not in text, place
        assert PASSWORD not in text, place
