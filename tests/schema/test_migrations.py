"""The schema is created and upgraded by the first task that needs it, once, and never by force."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import psycopg
import pytest

from github_sync.errors import (
    ConfigurationError,
    SchemaTooNew,
    WarehouseRefused,
    WarehouseUnavailable,
)
from github_sync.resources import include_folder, migrations_folder, read_views
from github_sync.store import schema
from github_sync.store.warehouse import Warehouse
from tests.fixtures.postgres import Database, upgrade_schema
from tests.fixtures.waiting import wait_until

TABLES = {
    "schema_version",
    "tracked_repositories",
    "users",
    "pull_requests",
    "pull_request_labels",
    "pull_request_reviews",
    "sync_attempts",
    "sync_failures",
}
NEXT_MIGRATION = """
create table github.paints ();
alter table github.tracked_repositories add colour text not null default 'green';
"""


def test_creates_the_schema_in_a_fresh_database(empty_database: Database) -> None:
    upgrade_schema(empty_database.connect)

    assert _tables(empty_database) == TABLES
    assert _version(empty_database) == _latest()


def test_does_nothing_the_second_time(empty_database: Database) -> None:
    upgrade_schema(empty_database.connect)
    before = _fingerprint(empty_database)

    upgrade_schema(empty_database.connect)

    assert _fingerprint(empty_database) == before


def test_it_uses_the_warehouses_own_connection(empty_database: Database) -> None:
    """Which goes on working, whether there was something to upgrade or not."""
    with empty_database.connect() as connection:
        warehouse = Warehouse(connection)
        for _ in range(2):
            schema.upgrade_schema(warehouse)
            with warehouse.transaction():
                assert warehouse.run("runs/list_repositories") == []
        others = "select count(*) as n from pg_stat_activity where datname = current_database()"
        assert empty_database.one(others)["n"] == 2  # with the one that counts


def test_two_processes_may_start_at_once(empty_database: Database) -> None:
    """Both find an empty database, and are held up until both have begun to fill it."""
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_upgrade, args=(empty_database,)) for _ in range(2)]
    with empty_database.connect() as other:
        other.execute("create schema github")
        for process in processes:
            process.start()
        _wait_until(
            empty_database,
            "select 1 from pg_stat_activity where datname = current_database() "
            "and wait_event_type = 'Lock' having count(*) = 2",
        )
        other.rollback()
    for process in processes:
        process.join(timeout=60)

    assert [process.exitcode for process in processes] == [0, 0]
    assert _tables(empty_database) == TABLES
    assert _version(empty_database) == _latest()


def _upgrade(database: Database) -> None:
    upgrade_schema(database.connect)


def test_waits_for_an_upgrade_that_is_under_way(empty_database: Database) -> None:
    """Another task is about to commit the schema; this one waits, finds it, and is content."""
    with ThreadPoolExecutor(1) as pool, empty_database.connect() as other:
        other.execute("select pg_advisory_xact_lock(hashtextextended('github.schema_version', 0))")
        upgrade = pool.submit(upgrade_schema, empty_database.connect)
        _wait_until(
            empty_database,
            "select 1 from pg_stat_activity "
            "where wait_event = 'advisory' and datname = current_database()",
        )
        assert _tables(empty_database) == set()
        other.commit()
        upgrade.result(timeout=30)

    assert _tables(empty_database) == TABLES


def test_an_upgrade_keeps_what_is_stored(next_version: None, database: Database) -> None:
    database.rows("insert into github.tracked_repositories (full_name) values ('acme/api')")

    upgrade_schema(database.connect)

    row = database.one("select full_name, colour from github.tracked_repositories")
    assert row == {"full_name": "acme/api", "colour": "green"}
    assert _version(database) == "9001"
    assert "paints" in _tables(database)
    assert database.rows("select full_name from github.a_report") == [{"full_name": "acme/api"}]


def test_an_upgrade_from_the_first_version(
    empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows stay; what is computed from them is computed again."""
    with monkeypatch.context() as first:
        folder = copytree(include_folder(), tmp_path / "include")
        for path in (folder / "sql" / "migrations" / "versions").glob("*.sql"):
            if path.name > "0002":
                path.unlink()
        first.setenv("GITHUB_SYNC_INCLUDE_FOLDER", str(folder))
        upgrade_schema(empty_database.connect)
    assert _version(empty_database) == "0001"
    empty_database.rows(FIRST_ROWS)

    upgrade_schema(empty_database.connect)

    assert _version(empty_database) == _latest()
    repository = empty_database.one("select * from github.tracked_repositories")
    assert (repository["full_name"], repository["refused_fields"]) == ("acme/api", {})
    pull_request = empty_database.one("select * from github.pull_requests")
    assert (pull_request["is_revert"], pull_request["is_hotfix"]) == (True, False)
    assert empty_database.one("select count(*) as n from github.pull_request_reviews")["n"] == 1


FIRST_ROWS = """
insert into github.tracked_repositories (full_name, has_drift) values ('acme/api', true);
insert into github.pull_requests (
    github_pr_id, github_node_id, repository_id, number, title, body, state, is_draft, created_at,
    updated_at, base_ref, head_ref, head_sha, additions, deletions, changed_files, commits_count,
    html_url
)
select 1, 'PR_1', repository_id, 1, 'REVERT it', '', 'open', false, now(), now(), 'main', 'fix',
    'a', 1, 1, 1, 1, '/'
from github.tracked_repositories;
insert into github.pull_request_reviews (
    github_review_id, github_node_id, github_pr_id, state, body, html_url
)
values (1, 'PRR_1', 1, 'pending', '', '/');
"""


def test_changed_views_come_with_a_migration() -> None:
    """They are re-created by an upgrade only: without a new version no warehouse would get them."""
    texts = "".join(read_views().values())
    newest = max((migrations_folder() / "versions").glob("*.sql"))
    line = f"-- views: {sha256(texts.encode()).hexdigest()[:16]}"
    assert newest.read_text(encoding="utf-8").startswith(line + "\n"), (
        f"the first line of {newest.name} must be {line!r}; if it has been released, add a new "
        "migration, with that line and a comment if it changes nothing else"
    )


@pytest.mark.parametrize("autocommit", [False, True])
def test_an_upgrade_that_fails_leaves_the_old_schema(
    autocommit: bool, next_version: None, database: Database
) -> None:
    """Its second statement fails: the table already has the column that it is to add."""
    database.rows("alter table github.tracked_repositories add colour integer")
    before = _fingerprint(database)

    with pytest.raises(WarehouseRefused, match="colour"):
        upgrade_schema(lambda: psycopg.connect(database.conninfo, autocommit=autocommit))

    assert _fingerprint(database) == before
    assert _version(database) == _latest()


def test_refuses_a_schema_from_the_future(database: Database) -> None:
    database.rows("update github.schema_version set version_num = '9999'")
    before = _fingerprint(database)

    with pytest.raises(SchemaTooNew) as refusal:
        upgrade_schema(database.connect)

    assert "9999" in refusal.value.message
    assert _latest() in refusal.value.message
    assert "newer version" in refusal.value.remedy
    assert _fingerprint(database) == before


def test_says_what_a_role_without_permission_needs(
    empty_database: Database, role: Callable[..., Callable[[], Any]]
) -> None:
    with pytest.raises(WarehouseRefused) as refusal:
        upgrade_schema(role())

    assert "permission" in refusal.value.message
    assert "docs/deploying.md" in refusal.value.remedy
    assert _tables(empty_database) == set()


def test_a_role_may_fill_a_schema_that_an_administrator_made(
    empty_database: Database, role: Callable[..., Callable[[], Any]]
) -> None:
    """It may create tables in the schema, but no schema in the database."""
    connect = role("create schema github authorization {role}")

    upgrade_schema(connect)

    assert _tables(empty_database) == TABLES


def test_a_role_may_use_tables_that_an_administrator_made(
    empty_database: Database, role: Callable[..., Callable[[], Any]]
) -> None:
    """It may create nothing at all: an administrator ran the migrations."""
    upgrade_schema(empty_database.connect)
    connect = role(
        "grant usage on schema github to {role}",
        "grant select, insert, update, delete on all tables in schema github to {role}",
    )

    upgrade_schema(connect)

    with connect() as connection:
        connection.execute("insert into github.tracked_repositories (full_name) values ('a/b')")


def test_a_role_that_does_not_own_the_tables_cannot_upgrade_them(
    next_version: None, database: Database
) -> None:
    role = f"guest_of_{database.name}"
    database.rows(f"create role {role} login")
    database.rows(f"grant usage, create on schema github to {role}")
    database.rows(f"grant all on all tables in schema github to {role}")
    try:
        with pytest.raises(WarehouseRefused, match="must be owner") as refusal:
            upgrade_schema(lambda: psycopg.connect(f"{database.conninfo} user={role}"))
    finally:
        database.rows(f"drop owned by {role}")
        database.rows(f"drop role {role}")
    assert "use the role that owns the tables" in refusal.value.remedy
    assert _version(database) == _latest()


def test_a_version_that_no_release_has_is_named(database: Database) -> None:
    database.rows("update github.schema_version set version_num = '0000'")
    with pytest.raises(ConfigurationError, match="version 0000, which no release has"):
        upgrade_schema(database.connect)


def test_a_server_that_is_away_is_worth_another_try(empty_database: Database) -> None:
    def connect() -> psycopg.Connection[Any]:
        connection = empty_database.connect()
        empty_database.rows("select pg_terminate_backend(%(pid)s)", pid=connection.info.backend_pid)
        return connection

    with pytest.raises(WarehouseUnavailable):
        upgrade_schema(connect)


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the package's include/ with one more migration, as a later release has."""
    folder = copytree(include_folder(), tmp_path / "include")
    versions = folder / "sql" / "migrations" / "versions"
    (versions / "9001_paint.sql").write_text(NEXT_MIGRATION)
    views = folder / "sql" / "views"
    (views / "a_report.sql").write_text(
        "create or replace view github.a_report as select full_name from github.repository_overview"
    )
    monkeypatch.setenv("GITHUB_SYNC_INCLUDE_FOLDER", str(folder))


@pytest.fixture
def role(empty_database: Database) -> Iterator[Callable[..., Callable[[], Any]]]:
    """Makes a role that may nothing but what the given statements grant; returns its connect()."""
    name = f"role_of_{empty_database.name}"
    empty_database.rows(f"create role {name} login")

    def make(*grants: str) -> Callable[[], Any]:
        for grant in grants:
            empty_database.rows(grant.format(role=name))
        return lambda: psycopg.connect(f"{empty_database.conninfo} user={name}")

    yield make
    empty_database.rows(f"drop owned by {name} cascade")
    empty_database.rows(f"drop role {name}")


def _tables(database: Database) -> set[str]:
    rows = database.rows("select tablename from pg_tables where schemaname = 'github'")
    return {row["tablename"] for row in rows}


def _version(database: Database) -> str:
    return str(database.one("select version_num from github.schema_version")["version_num"])


def _latest() -> str:
    """The package's newest version."""
    versions = Path(__file__).parents[2] / "include" / "sql" / "migrations" / "versions"
    return max(path.stem[:4] for path in versions.glob("*.sql"))


def _fingerprint(database: Database) -> list[dict[str, Any]]:
    """Every object of the schema with the transaction that made it last."""
    return database.rows(
        """
        select c.relname as name, c.oid::text, c.xmin::text, a.attname, a.xmin::text as changed
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        join pg_attribute as a on a.attrelid = c.oid
        where n.nspname = 'github'
        order by c.oid, a.attnum
        """
    )


def _wait_until(database: Database, sql: str) -> None:
    """Until the statement returns a row."""
    wait_until(lambda: database.rows(sql), f"this has a row: {sql}")
