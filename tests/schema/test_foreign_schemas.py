"""A schema github that belongs to something else is named, and nothing in it is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import psycopg2
import pytest

from github_sync.errors import ConfigurationError, WarehouseRefused
from github_sync.store import schema
from github_sync.store.warehouse import Warehouse
from tests.fixtures.postgres import Database, upgrade_schema

SCHEMAS = {
    "another tool's tables": (
        ["create table github.users (id integer)", "create view github.repos as select 1 as id"],
        "repos, users,",
    ),
    "its migrations, as Flyway numbers them": (
        [
            "create table github.schema_version (installed_rank integer, version text)",
            "create table github.users (id integer)",
        ],
        "schema_version, users,",
    ),
    "its migrations, as Alembic names them": (
        [
            "create table github.schema_version (version_num varchar(32))",
            "insert into github.schema_version values ('1975ea83b712')",
            "create table github.tracked_repositories (id integer)",
        ],
        "schema_version, tracked_repositories,",
    ),
    "its migrations, numbered like ours": (
        [
            "create table github.schema_version (version_num varchar(32))",
            "insert into github.schema_version values ('0001')",
            "create table github.pull_requests (id integer)",
        ],
        "pull_requests, schema_version,",
    ),
    "a partitioned table and a materialized view": (
        [
            "create table github.events (id integer) partition by range (id)",
            "create materialized view github.stats as select 1 as id",
        ],
        "events, stats,",
    ),
    "many tables": (
        [f"create table github.t{number:02} ()" for number in range(12)],
        "t00, t01, t02, t03, t04, t05, t06, t07, t08, t09 and 2 more,",
    ),
}
TO_CALL: dict[str, Callable[[Warehouse], object]] = {
    "upgrade": schema.upgrade_schema,
    "check": schema.check_schema,
    "version": schema.schema_version,
}
OBJECTS = (
    "select oid::text, xmin::text, relname from pg_class "
    "where relnamespace = 'github'::regnamespace order by oid"
)


@pytest.mark.parametrize("driver", [psycopg, psycopg2], ids=["psycopg", "psycopg2"])
@pytest.mark.parametrize("work", TO_CALL)
@pytest.mark.parametrize("case", SCHEMAS)
def test_it_is_refused(case: str, work: str, driver: Any, empty_database: Database) -> None:
    statements, listed = SCHEMAS[case]
    for statement in ["create schema github", *statements]:
        empty_database.rows(statement)
    before = empty_database.rows(OBJECTS)

    with (
        closing(Warehouse(driver.connect(empty_database.conninfo))) as warehouse,
        pytest.raises(ConfigurationError) as refusal,
    ):
        TO_CALL[work](warehouse)

    assert f"it has {listed}" in refusal.value.message
    assert empty_database.name in refusal.value.message
    assert "by hand" not in str(refusal.value)
    assert empty_database.rows(OBJECTS) == before


def test_the_remedy_is_true(empty_database: Database) -> None:
    """Rename it, and both have their own."""
    empty_database.rows("create schema github")
    empty_database.rows("create table github.users (id integer)")
    with pytest.raises(ConfigurationError, match="alter schema github rename to"):
        upgrade_schema(empty_database.connect)
    empty_database.rows("alter schema github rename to other_tool")
    upgrade_schema(empty_database.connect)
    upgrade_schema(empty_database.connect)
    assert empty_database.rows("select * from other_tool.users") == []


def test_what_others_add_to_ours_does_no_harm(database: Database) -> None:
    database.rows("create table github.teams (id integer)")
    database.rows("create view github.report as select 1 as id")
    upgrade_schema(database.connect)
    database.rows("drop view github.report")
    database.rows("drop table github.teams")


@pytest.fixture
def role(empty_database: Database) -> Iterator[str]:
    name = f"limited_{empty_database.name}"
    empty_database.rows(f"create role {name} login")
    yield name
    empty_database.rows(f"drop owned by {name} cascade")
    empty_database.rows(f"drop role {name}")


def test_a_role_that_owns_nothing_but_the_schema(empty_database: Database, role: str) -> None:
    """Not even the right to create anything in the database, or in public."""
    empty_database.rows("revoke all on schema public from public")
    empty_database.rows(f"create schema github authorization {role}")
    upgrade_schema(lambda: psycopg.connect(f"{empty_database.conninfo} user={role}"))
    upgrade_schema(lambda: psycopg.connect(f"{empty_database.conninfo} user={role}"))


MISSING = {
    "no right on the schema": ([], "permission denied for schema github"),
    "no right on the tables": (
        ["grant usage on schema github to {role}"],
        "permission denied for table schema_version",
    ),
    "only the schema, of an administrator's tables": (
        ["alter schema github owner to {role}"],
        "permission denied for table schema_version",
    ),
}


@pytest.mark.parametrize("case", MISSING)
def test_a_missing_right_is_named(case: str, empty_database: Database, role: str) -> None:
    grants, said = MISSING[case]
    upgrade_schema(empty_database.connect)
    for grant in grants:
        empty_database.rows(grant.format(role=role))
    with pytest.raises(WarehouseRefused, match=said) as refusal:
        upgrade_schema(lambda: psycopg.connect(f"{empty_database.conninfo} user={role}"))
    assert "Grant it to the connection's role" in refusal.value.remedy


@pytest.mark.parametrize(
    "encoding", ["SQL_ASCII", "LATIN1", "LATIN9", "EUC_JP", "KOI8R", "WIN1252"]
)
@pytest.mark.parametrize("driver", [psycopg, psycopg2], ids=["psycopg", "psycopg2"])
def test_a_database_of_another_encoding_is_refused_before_anything_is_written(
    driver: Any, encoding: str, postgres: Database
) -> None:
    name = f"encoded_{encoding.lower()}_{driver.__name__}"
    postgres.rows(f"create database {name} encoding '{encoding}' locale 'C' template template0")
    database = Database(postgres.socket_folder, name)
    try:
        with pytest.raises(ConfigurationError) as refusal:
            Warehouse(driver.connect(database.conninfo))
        [schemas] = database.rows("select to_regnamespace('github') is null as is_untouched")
    finally:
        postgres.rows(f"drop database {name} with (force)")
    assert f"The database's encoding is {encoding}" in refusal.value.message
    assert f"database {name}" in refusal.value.message
    assert schemas["is_untouched"]


def test_the_remedy_for_an_encoding_is_true(postgres: Database) -> None:
    postgres.rows("create database encoded encoding 'UTF8' locale 'C' template template0")
    upgrade_schema(Database(postgres.socket_folder, "encoded").connect)
    postgres.rows("drop database encoded with (force)")
