"""A warehouse that cannot be used, and settings that make no sense: who is the culprit?"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from github_server import Repository
from github_sync.errors import WarehouseUnavailable
from github_sync.settings import Settings
from github_sync.tasks.connections import connect_to_postgres
from github_sync.ui.database import TIMEOUT_SECONDS, read_only_warehouse
from tests.fixtures.airflow import Airflow
from tests.fixtures.postgres import Database

OnGitHub = Callable[..., list[Repository]]
TABLES = (
    "tracked_repositories",
    "users",
    "pull_requests",
    "pull_request_reviews",
    "sync_attempts",
    "sync_failures",
)

NONSENSE = {
    "GITHUB_SYNC_RETRY_DELAY_SECONDS": "a minute",
    "GITHUB_SYNC_REQUEST_TIMEOUT_SECONDS": "0",
    "GITHUB_SYNC_OVERLAP_SECONDS": "-300",
    "GITHUB_SYNC_MAX_RATE_LIMIT_WAITS": "6.5",
    "GITHUB_SYNC_MAX_CONCURRENCY": "0",
}


def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {table: database.rows(f"select * from github.{table} order by 1") for table in TABLES}


@pytest.fixture(scope="session")
def role(postgres: Database) -> str:
    """A role that may log in, and nothing else."""
    postgres.rows("create role analyst login")
    return "analyst"


def connection(database: Database, **fields: Any) -> str:
    return json.dumps({**json.loads(database.airflow_connection), **fields})


@pytest.mark.parametrize("variable", [None, "team_warehouse"])
def test_an_unknown_postgres_connection_is_named(
    variable: str | None, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    if variable:
        airflow.set("GITHUB_SYNC_POSTGRES_CONN_ID", variable)
    else:
        airflow.disconnect("postgres_default")

    for run in (airflow.track("acme/api"), airflow.sync()):
        assert run.state == "failed"
        assert set(run.tries.values()) <= {0, 1}, "a retry cannot fix it"
        assert f"Airflow has no connection '{variable or 'postgres_default'}'" in run.log


def test_a_warehouse_that_is_away_is_tried_again_and_then_reported(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    before = contents(airflow.database)
    away = connection(airflow.database, host="127.0.0.1", port=1, password="pg-secret-password")
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", away)

    run = airflow.sync()

    assert run.state == "failed"
    assert run.tries["list_active_repositories"] == 4
    assert "Postgres" in run.log
    assert "Check the database and the connection" in run.log
    assert "pg-secret-password" not in run.log
    assert contents(airflow.database) == before


def test_a_warehouse_that_goes_away_during_the_run_is_an_error_of_the_run(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    run = airflow.begin()
    run.run_task("list_active_repositories")
    away = connection(airflow.database, host="127.0.0.1", port=1)
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", away)
    states = [run.run_task("sync_repository", 0) for _ in range(4)]
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", airflow.database.airflow_connection)

    assert states == ["up_for_retry", "up_for_retry", "up_for_retry", "failed"]
    assert run.run_task("summarize_run") == "failed"

    row = airflow.tracked("acme/api")
    assert row["sync_status"] == "error"
    assert "acme/api" in row["last_sync_error"]


def test_a_role_that_may_not_create_the_schema_is_reported(
    airflow_without_tables: Airflow, on_github: OnGitHub, role: str
) -> None:
    on_github("acme/api")
    poor = connection(airflow_without_tables.database, login=role)
    airflow_without_tables.set("AIRFLOW_CONN_POSTGRES_DEFAULT", poor)

    for run in (airflow_without_tables.track("acme/api"), airflow_without_tables.sync()):
        assert run.state == "failed"
        assert set(run.tries.values()) <= {0, 1}, "a retry cannot fix it"
        assert "Postgres denied permission (permission denied for database" in run.log
        assert "Grant it to the connection's role" in run.log
    [schema] = airflow_without_tables.database.rows(
        "select to_regnamespace('github') is null as is_missing"
    )
    assert schema["is_missing"]


def test_a_role_that_may_only_read_is_reported_which_table_it_may_not_write(
    airflow: Airflow, on_github: OnGitHub, role: str
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    before = contents(airflow.database)
    airflow.database.rows(f"grant usage on schema github to {role}")
    airflow.database.rows(f"grant select on all tables in schema github to {role}")
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", connection(airflow.database, login=role))

    run = airflow.sync()

    assert run.state == "failed"
    assert set(run.tries.values()) <= {0, 1}, "a retry cannot fix it"
    assert "permission denied for table" in run.log
    assert contents(airflow.database) == before


def test_a_setting_that_makes_no_sense_is_named(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    before = contents(airflow.database)

    for variable, value in NONSENSE.items():
        with airflow.monkeypatch.context() as environment:
            environment.setenv(variable, value)
            run = airflow.begin()
            assert run.run_task("list_active_repositories") == "failed", "a retry cannot fix it"
        assert f"The environment variable {variable} is {value!r}" in airflow.log.read()
    assert contents(airflow.database) == before


def test_the_page_does_not_wait_long_for_a_server_that_says_nothing(airflow: Airflow) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_one = connection(airflow.database, host="127.0.0.1", port=silent.getsockname()[1])
        airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", silent_one)
        began_at = time.monotonic()
        with pytest.raises(WarehouseUnavailable):
            next(read_only_warehouse())
    assert time.monotonic() - began_at < 3 * TIMEOUT_SECONDS


def test_a_connections_own_patience_is_kept(airflow: Airflow) -> None:
    its_own = connection(airflow.database, extra={"connect_timeout": 33, "application_name": "a"})
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", its_own)
    with closing(connect_to_postgres(Settings(), TIMEOUT_SECONDS)) as connected:
        parameters = connected.info.get_parameters()
    assert parameters["connect_timeout"] == "33"
    assert parameters["application_name"] == "a"
