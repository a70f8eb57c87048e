"""Whatever a database, a role, PG* variables or a connection's options set, the result is the same.

https://www.postgresql.org/docs/current/config-setting.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import psycopg2
import pytest

from github_server import Fault, Repository, World
from github_sync.errors import WarehouseRefused
from github_sync.store.schema import upgrade_schema
from github_sync.store.warehouse import Warehouse
from github_sync.sync.repository import sync_repository
from github_sync.ui.overview import OverviewQuery, read_overview
from github_sync.ui.repository import read_repository_details
from tests.fixtures.github import START
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing
from tests.sync.histories import newest, with_history

SETTINGS = {
    "client_encoding": ("LATIN1", "SQL_ASCII", "EUC_JP", "WIN1252"),
    "datestyle": ("German", "SQL, DMY", "Postgres, YMD"),
    "intervalstyle": ("sql_standard", "iso_8601", "postgres_verbose"),
    "timezone": ("Asia/Kathmandu", "<+07>-07", "America/New_York"),
    "timezone_abbreviations": ("India",),
    "extra_float_digits": ("-15",),
    "bytea_output": ("escape",),
    "standard_conforming_strings": ("off",),
    "backslash_quote": ("off",),
    "transform_null_equals": ("on",),
    "array_nulls": ("off",),
    "default_transaction_isolation": ("serializable", "repeatable read"),
    "default_transaction_deferrable": ("on",),
    "exit_on_error": ("on",),
    "row_security": ("off", "on"),
    "restrict_nonsystem_relation_kind": ("view",),
    "session_replication_role": ("replica",),
    "idle_session_timeout": ("300ms",),
    "idle_in_transaction_session_timeout": ("5s",),
    "search_path": ("", "odd, pg_catalog, public", "pg_catalog", "nowhere"),
    "plan_cache_mode": ("force_generic_plan",),
    "jit_above_cost": ("0",),
    "client_min_messages": ("debug5",),
    "check_function_bodies": ("off",),
    "synchronous_commit": ("off",),
    "xmloption": ("document",),
    "default_text_search_config": ("pg_catalog.german",),
}
CASES = [(name, value) for name, values in SETTINGS.items() for value in values]
FOR_BOTH_DRIVERS = ("client_encoding", "datestyle", "timezone", "transform_null_equals")
FOR_BOTH_DRIVERS += ("standard_conforming_strings", "array_nulls", "exit_on_error", "search_path")
COMPATIBLE = """
create schema odd;
create function odd.lower(text) returns text language sql as $$ select 'odd' $$;
create function odd.now() returns timestamptz language sql as $$ select timestamptz '1999-01-01' $$;
create function odd.regexp_replace(text, text, text) returns text language sql as $$ select '' $$;
create function odd.hashtextextended(text, bigint) returns bigint language sql as $$ select 1 $$;
create function odd.jsonb_to_recordset(jsonb) returns setof record
language sql as $$ select 1 where false $$;
"""
"""As an extension that imitates another database has them, first in search_path."""
TEXT = "Ünïcödé ☃ 雪 🦀 \\ ' \" %s \\n"

Connect = Callable[[], Any]


@pytest.fixture
def odd_role(empty_database: Database) -> Iterator[str]:
    """A superuser, who may set everything for itself."""
    name = f"odd_{empty_database.name}"
    empty_database.rows(f"create role {name} superuser login")
    yield name
    empty_database.rows(f"drop owned by {name} cascade")
    empty_database.rows(f"drop role {name}")


@pytest.fixture
def on_empty(syncing: Syncing, empty_database: Database) -> Syncing:
    """A warehouse without tables: the migrations meet the setting too."""
    syncing.database = empty_database
    return syncing


@pytest.fixture
def api(world: World) -> Repository:
    api = with_history(world, pull_requests=12, reviews=1)
    first = newest(api, 1)[0]
    first.title = first.body = TEXT
    return api


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_role_sets_it(
    name: str, value: str, on_empty: Syncing, odd_role: str, api: Repository
) -> None:
    set_for(on_empty.database, odd_role, name, value)
    conninfo = f"{on_empty.database.conninfo} user={odd_role}"
    check_everything(on_empty, lambda: psycopg.connect(conninfo), api)


@pytest.mark.parametrize(("name", "value"), [one for one in CASES if one[0] in FOR_BOTH_DRIVERS])
def test_with_the_older_driver(
    name: str, value: str, on_empty: Syncing, odd_role: str, api: Repository
) -> None:
    set_for(on_empty.database, odd_role, name, value)
    conninfo = f"{on_empty.database.conninfo} user={odd_role}"
    check_everything(on_empty, lambda: psycopg2.connect(conninfo), api)


@pytest.mark.parametrize(
    "variables",
    [
        {"PGDATESTYLE": "German"},
        {"PGTZ": "Asia/Kathmandu"},
        {"PGCLIENTENCODING": "LATIN1"},
        {"PGOPTIONS": "-c datestyle=German -c exit_on_error=on -c search_path="},
        {"PGAPPNAME": "someone else's"},
    ],
)
@pytest.mark.parametrize("driver", [psycopg, psycopg2], ids=["psycopg", "psycopg2"])
def test_a_workers_environment_sets_it(
    driver: Any,
    variables: dict[str, str],
    on_empty: Syncing,
    api: Repository,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def connect() -> Any:
        with monkeypatch.context() as environment:
            for name, value in variables.items():
                environment.setenv(name, value)
            return driver.connect(on_empty.database.conninfo)

    check_everything(on_empty, connect, api)


@pytest.mark.parametrize(
    "extra",
    [
        {"client_encoding": "latin1"},
        {"options": "-c datestyle=SQL,DMY -c intervalstyle=iso_8601"},
        {"prepare_threshold": 0},
    ],
)
def test_a_connections_extra_sets_it(
    extra: dict[str, Any], on_empty: Syncing, api: Repository
) -> None:
    check_everything(on_empty, lambda: psycopg.connect(on_empty.database.conninfo, **extra), api)


def test_row_level_security_is_named_instead_of_hiding_rows(syncing: Syncing) -> None:
    """Filtered rows would be missing, without an error."""
    api = with_history(syncing.world, pull_requests=2)
    repository_id = syncing.track(api)
    database = syncing.database
    role = f"filtered_{database.name}"
    database.rows(f"create role {role} login")
    database.rows(f"grant usage on schema github to {role}")
    database.rows(f"grant all on all tables in schema github to {role}")
    database.rows("alter table github.tracked_repositories enable row level security")
    connect = lambda: psycopg.connect(f"{database.conninfo} user={role}")  # noqa: E731
    try:
        with pytest.raises(WarehouseRefused, match=r"row-level security policy.*bypassrls"):
            sync(syncing, connect, repository_id)
        database.rows(f"alter role {role} bypassrls")
        sync(syncing, connect, repository_id)
    finally:
        database.rows(f"drop owned by {role}")
        database.rows(f"drop role {role}")
    syncing.assert_equal(api)


def set_for(database: Database, role: str, name: str, value: str) -> None:
    if name == "search_path":
        for statement in filter(str.strip, COMPATIBLE.split(";\n")):
            database.rows(statement)
        database.rows(f"alter role {role} set search_path = {value or chr(39) * 2}")
    else:
        database.rows(f"alter role {role} set {name} = '{value}'")


def check_everything(syncing: Syncing, connect: Connect, api: Repository) -> None:
    """The migrations, two syncs and the page, over this connection; one pull request is refused."""
    with closing(Warehouse(connect())) as warehouse:
        upgrade_schema(warehouse)
    syncing.database.rows(
        "alter table github.pull_requests "
        "add constraint pull_requests_title_check check (title <> 'refused')"
    )
    repository_id = syncing.track(api)
    slow = Fault(operation="ChangedPullRequests", delay_seconds=0.5, times=1)
    syncing.world.faults.add(slow)
    first = sync(syncing, connect, repository_id)
    assert (first["status"], first["prs_synced"]) == ("complete", 12)
    syncing.assert_equal(api)

    changed = newest(api, 2)[1]
    changed.update(title="refused")
    second = sync(syncing, connect, repository_id)
    assert [one["number"] for one in second["errors"]] == [changed.number]
    changed.update(title="accepted")
    third = sync(syncing, connect, repository_id)
    assert third["errors"] == []
    assert third["last_sync_at"].endswith("+00:00")
    syncing.assert_equal(api)
    check_page(connect, repository_id)


def check_page(connect: Connect, repository_id: int) -> None:
    with closing(Warehouse(connect())) as warehouse, warehouse.transaction():
        warehouse.run("ui/set_read_only")
        shown = read_overview(warehouse, OverviewQuery(search="ACME"))
        details = read_repository_details(warehouse, repository_id)
    assert [row["full_name"] for row in shown.repositories] == ["acme/api"]
    assert details
    assert abs(details.repository["last_sync_at"] - START) < timedelta(minutes=5)
    assert details.repository["tracked_at"].year > 2000
    assert 0 <= details.attempts[0]["seconds"] < 60


def sync(syncing: Syncing, connect: Connect, repository_id: int) -> dict[str, Any]:
    syncing.runs += 1
    return sync_repository(
        syncing.job(repository_id),
        lambda: Warehouse(connect()),
        syncing.open_github,
        syncing.settings,
    )
