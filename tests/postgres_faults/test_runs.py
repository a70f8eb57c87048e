"""Runs of the real Dags whose warehouse lets them in no further."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest

from github_server import Repository, World
from tests.fixtures.airflow import Airflow
from tests.postgres_faults.attempts import row_versions
from tests.sync.histories import with_history


@pytest.fixture
def api(world: World, airflow: Airflow) -> Repository:
    api = with_history(world, pull_requests=2, reviews=1)
    airflow.add("acme/api")
    return api


@pytest.fixture
def crowded_role(airflow: Airflow, api: Repository) -> Iterator[str]:
    """May open two connections, as one sync that records its failure does."""
    name = f"crowded_{airflow.database.name}"
    airflow.database.rows(f"create role {name} login connection limit 2")
    airflow.database.rows(f"grant usage on schema github to {name}")
    airflow.database.rows(f"grant all on all tables in schema github to {name}")
    connection = json.loads(airflow.database.airflow_connection) | {"login": name}
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", json.dumps(connection))
    yield name
    airflow.database.rows(f"drop owned by {name}")
    airflow.database.rows(f"drop role {name}")


def test_too_many_connections_are_worth_another_try(airflow: Airflow, crowded_role: str) -> None:
    conninfo = f"{airflow.database.conninfo} user={crowded_role}"
    run = airflow.begin()
    run.run_task("list_active_repositories")
    with ExitStack() as crowd:
        for _ in range(2):
            crowd.enter_context(psycopg.connect(conninfo))
        assert run.run_task("sync_repository", 0) == "up_for_retry"
        assert "too many connections for role" in airflow.log.read()
    assert run.run_task("sync_repository", 0) == "success"
    assert run.run_task("summarize_run") == "success"


def test_a_newer_schema_is_refused_at_once(airflow: Airflow, api: Repository) -> None:
    airflow.database.rows("update github.schema_version set version_num = '9999'")
    before = row_versions(airflow.database), airflow.tracked("acme/api")

    for run in (airflow.track("acme/api"), airflow.sync()):
        assert run.state == "failed"
        assert set(run.tries.values()) <= {0, 1}, "a retry cannot fix it"
        assert "The schema github is at version 9999" in run.log
        assert "Deploy the newer version" in run.log
    assert (row_versions(airflow.database), airflow.tracked("acme/api")) == before


def test_a_schema_upgraded_during_the_run(airflow: Airflow, api: Repository) -> None:
    """A newer release is deployed while this run's tasks, of the older one, are running."""
    run = airflow.begin()
    run.run_task("list_active_repositories")
    airflow.database.rows("update github.schema_version set version_num = '9999'")

    assert run.run_task("sync_repository", 0) == "failed"

    assert "The schema github is at version 9999" in airflow.log.read()
    assert airflow.tracked("acme/api")["sync_status"] == "error"
    assert row_versions(airflow.database)["pull_requests"] == []
