"""A warehouse that cannot be used is refused in every task and on the page, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest

from github_server import Repository
from github_sync.errors import ConfigurationError, WarehouseUnavailable
from github_sync.settings import Settings
from github_sync.tasks.connections import open_warehouse
from github_sync.ui.database import read_only_warehouse
from tests.dags.test_bad_warehouse import connection
from tests.fixtures.airflow import Airflow
from tests.fixtures.postgres import Database
from tests.truth import stored, truth

OnGitHub = Callable[..., list[Repository]]
PASSWORD = "pg-secret-password"


@pytest.fixture
def ascii_database(postgres: Database) -> Iterator[Database]:
    postgres.rows("create database in_ascii encoding 'SQL_ASCII' locale 'C' template template0")
    yield Database(postgres.socket_folder, "in_ascii")
    postgres.rows("drop database in_ascii with (force)")


@pytest.fixture
def foreign_database(empty_database: Database) -> Database:
    empty_database.rows("create schema github")
    empty_database.rows("create table github.users (id integer)")
    return empty_database


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("ascii_database", "The database's encoding is SQL_ASCII"),
        ("foreign_database", "The schema github belongs to something else"),
    ],
)
def test_it_is_refused_at_once_and_left_as_it_was(
    case: str,
    said: str,
    airflow: Airflow,
    on_github: OnGitHub,
    request: pytest.FixtureRequest,
) -> None:
    database: Database = request.getfixturevalue(case)
    on_github("acme/api")
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", connection(database, password=PASSWORD))
    before = tables(database)

    runs = [
        airflow.track("acme/api"),
        airflow.track("acme/api", check_only=True),
        airflow.track("acme/api", is_active=False),
        airflow.sync(),
        airflow.sync(dry_run=True),
    ]

    for run in runs:
        assert run.state == "failed"
        assert set(run.tries.values()) <= {0, 1}, "a retry cannot fix it"
        assert said in run.log
        assert f"connection postgres_default, host {database.socket_folder}" in run.log
        assert f"database {database.name}" in run.log
        assert PASSWORD not in run.log
    with pytest.raises(ConfigurationError, match=said):
        next(read_only_warehouse())
    assert tables(database) == before


def tables(database: Database) -> list[dict[str, Any]]:
    return database.rows(
        "select oid::text, xmin::text, relname from pg_class where oid >= 16384 order by oid"
    )


@pytest.mark.parametrize("setting", ["datestyle = 'German'", "client_encoding = 'LATIN1'"])
def test_a_databases_own_settings_do_no_harm(
    setting: str, airflow_without_tables: Airflow, on_github: OnGitHub
) -> None:
    airflow, [api] = airflow_without_tables, on_github("acme/api")
    airflow.database.rows(f"alter database {airflow.database.name} set {setting}")

    tracked, dry, run = airflow.track("acme/api"), airflow.sync(dry_run=True), airflow.sync()
    with contextmanager(read_only_warehouse)() as page:
        listed = page.run("runs/list_repositories")

    assert (tracked.state, dry.state, run.state) == ("success", "success", "success")
    assert [row["full_name"] for row in listed] == ["acme/api"]
    airflow.database.rows(f"alter database {airflow.database.name} reset all")
    assert stored(airflow.database, api) == truth(api)


AWAY = {
    "no server": {"host": "127.0.0.1", "port": 1},
    "no such host": {"host": "warehouse.invalid"},
    "no such database": {"schema": "nowhere"},
    "no such role": {"login": "stranger"},
    "an option that no server knows": {"extra": {"options": "-c nonsense=1"}},
    "an encoding that no server knows": {"extra": {"client_encoding": "nonsense"}},
    "a service that is not defined": {"extra": {"service": "nowhere"}},
}


@pytest.mark.parametrize("case", AWAY)
def test_what_cannot_be_reached_is_named(case: str, airflow: Airflow) -> None:
    fields = AWAY[case]
    given = connection(airflow.database, password=PASSWORD, **fields)
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", given)
    with pytest.raises(WarehouseUnavailable) as refusal:
        open_warehouse(Settings(), 5)
    host = fields.get("host", airflow.database.socket_folder)
    assert f"connection postgres_default, host {host}" in refusal.value.message
    assert PASSWORD not in str(refusal.value)


@pytest.mark.parametrize(
    "extra", [{"cursor": "nonsense"}, {"nonsense": 1}, {"sslmode": 7, "unknown": "x"}]
)
def test_an_extra_that_makes_no_sense_is_no_retry(extra: dict[str, Any], airflow: Airflow) -> None:
    given = connection(airflow.database, password=PASSWORD, extra=extra)
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", given)
    with pytest.raises(ConfigurationError, match="connection postgres_default") as refusal:
        open_warehouse(Settings())
    assert PASSWORD not in str(refusal.value)


def test_a_statement_that_is_interrupted_names_the_place(airflow: Airflow) -> None:
    with closing(open_warehouse(Settings())) as warehouse:
        pid = warehouse.session.backend_pid
        airflow.database.rows("select pg_terminate_backend(%(pid)s, 5000)", pid=pid)
        with pytest.raises(WarehouseUnavailable) as refusal, warehouse.transaction():
            warehouse.run("runs/list_repositories")
    host, name = airflow.database.socket_folder, airflow.database.name
    assert f"connection postgres_default, host {host}, database {name}" in refusal.value.message


def test_the_host_that_the_driver_chose_is_named(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Airflow connection has none: PGHOST has it."""
    monkeypatch.setenv("PGHOST", airflow.database.socket_folder)
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", connection(airflow.database, host=None))
    with closing(open_warehouse(Settings())) as warehouse:
        assert f"host {airflow.database.socket_folder}" in warehouse.session.place


def test_connections_of_a_refused_session_are_closed(
    ascii_database: Database, airflow: Airflow
) -> None:
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", connection(ascii_database))
    with pytest.raises(ConfigurationError):
        open_warehouse(Settings())
    with psycopg.connect(ascii_database.conninfo, autocommit=True) as other:
        open_ones = other.execute(
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and pid != pg_backend_pid()"
        ).fetchone()
    assert open_ones == (0,)
