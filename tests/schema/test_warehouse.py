"""What goes wrong in Postgres is named correctly, and never leaves half a page."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from github_sync.errors import (
    PermanentError,
    RowRefused,
    TransientError,
    WarehouseRefused,
    WarehouseUnavailable,
)
from github_sync.store.warehouse import Warehouse
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until
from tests.schema.transactions import (
    ending,
    history,
    names,
    pausing,
    raising,
    refused,
    together,
    track,
)


@pytest.fixture
def warehouse(database: Database) -> Iterator[Warehouse]:
    with closing(database.warehouse()) as warehouse:
        yield warehouse


def test_commits_all_of_it(warehouse: Warehouse, database: Database) -> None:
    with warehouse.transaction():
        track(warehouse)
        assert names(database) == []
    assert names(database) == ["acme/api"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_or_none_of_it(
    error: type[BaseException], warehouse: Warehouse, database: Database
) -> None:
    with pytest.raises(error):
        together(warehouse, track, raising(error("enough")))
    assert names(database) == []

    together(warehouse, track)
    assert names(database) == ["acme/api"], "the connection is of use afterwards"


def test_a_savepoint_undoes_the_refused_row_only(warehouse: Warehouse, database: Database) -> None:
    with warehouse.transaction():
        with warehouse.savepoint():
            track(warehouse)
        with pytest.raises(RowRefused, match="23514"), warehouse.savepoint():
            refused(warehouse)
        pausing("acme/api")(warehouse)
    [row] = database.rows("select full_name, is_active from github.tracked_repositories")
    assert row == {"full_name": "acme/api", "is_active": False}


def test_a_connection_lost_in_the_middle(warehouse: Warehouse, database: Database) -> None:
    with pytest.raises(WarehouseUnavailable, match="terminat") as lost:
        together(warehouse, track, ending(database), track)
    assert isinstance(lost.value, TransientError)
    assert names(database) == []


def test_a_connection_lost_before_the_commit(warehouse: Warehouse, database: Database) -> None:
    with pytest.raises(WarehouseUnavailable):
        together(warehouse, track, ending(database))
    assert names(database) == []


def test_a_connection_lost_while_something_else_went_wrong(
    warehouse: Warehouse, database: Database
) -> None:
    with pytest.raises(ValueError, match="the first error"):
        together(warehouse, track, ending(database), raising(ValueError("the first error")))
    assert names(database) == []


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("default_transaction_read_only=on", "25006"),
        ("statement_timeout=200", "57014"),
        ("lock_timeout=1", "55P03"),
    ],
)
def test_a_standby_or_a_held_lock_is_worth_another_try(
    setting: str, code: str, database: Database
) -> None:
    """As after a failover to a server that only reads, or while someone alters the table."""
    connection = psycopg.connect(database.conninfo, options=f"-c {setting}")
    with closing(Warehouse(connection)) as warehouse, database.connect() as other:
        if "timeout" in setting:
            other.execute("lock table github.tracked_repositories in access exclusive mode")
        with pytest.raises(WarehouseUnavailable, match=code):
            together(warehouse, track)
    assert names(database) == []


def test_a_deadlock_is_worth_another_try(database: Database, warehouse: Warehouse) -> None:
    """Another session holds what we want, and wants what we hold; Postgres ends ours."""
    with ThreadPoolExecutor(1) as pool, database.connect() as other:
        database.rows(
            "insert into github.tracked_repositories (full_name) values ('acme/a'), ('acme/b')"
        )
        other.execute("set deadlock_timeout = '60s'")
        touch(other, "acme/b")

        def let_the_other_wait(_: Warehouse) -> None:
            pool.submit(touch, other, "acme/a")
            wait_until_waiting(database, other)

        with pytest.raises(WarehouseUnavailable, match="40P01") as deadlock:
            together(warehouse, pausing("acme/a"), let_the_other_wait, pausing("acme/b"))
    assert isinstance(deadlock.value, TransientError)


def test_a_missing_permission_names_the_remedy(database: Database) -> None:
    role = f"reader_of_{database.name}"
    database.rows(f"create role {role} login")
    database.rows(f"grant usage on schema github to {role}")
    connection = psycopg.connect(f"{database.conninfo} user={role}")
    with closing(Warehouse(connection)) as warehouse, pytest.raises(WarehouseRefused) as refusal:
        together(warehouse, track)
    database.rows(f"drop owned by {role}")
    database.rows(f"drop role {role}")
    assert not isinstance(refusal.value, RowRefused)
    assert isinstance(refusal.value, PermanentError)
    assert "tracked_repositories" in refusal.value.message
    assert "docs/deploying.md" in refusal.value.remedy


@pytest.mark.parametrize("change", ["rename to people", "drop column login"])
def test_a_changed_schema_is_no_retry(
    change: str, warehouse: Warehouse, database: Database
) -> None:
    database.rows(f"alter table github.users {change}")
    with pytest.raises(WarehouseRefused, match="login|users") as refusal:  # noqa: RUF043
        together(warehouse, lambda its: its.run("entities/users/upsert", rows="[]"))
    assert "by hand" in refusal.value.remedy


def test_a_value_that_python_cannot_hold_is_no_retry(
    warehouse: Warehouse, database: Database
) -> None:
    database.rows(
        "insert into github.tracked_repositories (full_name, last_sync_at) "
        "values ('acme/api', 'infinity')"
    )
    with pytest.raises(RowRefused, match="infinity") as refusal:
        together(warehouse, lambda its: its.run("runs/read_freshness"))
    assert "no time may be infinite" in refusal.value.remedy


def test_the_row_that_postgres_refuses_is_not_shown(warehouse: Warehouse) -> None:
    """Neither in our words nor by Postgres's own error, chained to ours."""
    with pytest.raises(RowRefused) as refusal:
        together(warehouse, refused)
    shown = "".join(traceback.format_exception(refusal.value))
    assert "psycopg.errors" not in shown
    assert "Failing row contains" not in shown


@pytest.mark.parametrize(
    ("table", "when"),
    [
        ("pull_request_reviews", "new.github_review_id % 100 = 50"),
        ("sync_attempts", "new.prs_synced > 100"),
        ("tracked_repositories", "new.last_sync_at is not null"),
    ],
)
def test_a_page_is_stored_whole_or_not_at_all(table: str, when: str, syncing: Syncing) -> None:
    """Postgres breaks off somewhere within the second and last page; the first one stays."""
    api = history(syncing, 150)
    repository_id = syncing.track(api)
    break_off(syncing.database, table, when)
    expected = 0 if table == "pull_request_reviews" else 100

    with pytest.raises(WarehouseUnavailable, match="broken off"):
        syncing.sync(repository_id)

    assert count(syncing.database, "pull_requests") == expected
    assert count(syncing.database, "pull_request_reviews") == expected
    assert count(syncing.database, "users") == (2 if expected else 0)
    assert syncing.last_sync_at(repository_id) is None
    assert (syncing.tracked(repository_id)["scan_cursor"] is None) == (expected == 0)

    syncing.database.rows(f"drop trigger break_off on github.{table}")
    syncing.sync(repository_id)
    syncing.assert_equal(api)


def break_off(database: Database, table: str, when: str) -> None:
    """Let Postgres end the statement, as an administrator's shutdown does, at a row like this."""
    database.rows(
        "create function github.break_off() returns trigger language plpgsql as $$ begin "
        "raise exception 'broken off' using errcode = '57P01'; end $$"
    )
    database.rows(
        f"create trigger break_off before insert or update on github.{table} for each row "
        f"when ({when}) execute function github.break_off()"
    )


def count(database: Database, table: str) -> int:
    return int(database.one(f"select count(*) as rows from github.{table}")["rows"])


def touch(connection: psycopg.Connection, full_name: str) -> None:
    connection.execute(
        "update github.tracked_repositories set is_active = is_active where full_name = %s",
        [full_name],
    )


def wait_until_waiting(database: Database, connection: psycopg.Connection) -> None:
    pid = connection.info.backend_pid
    waiting = "select 1 from pg_locks where pid = %(pid)s and not granted"
    wait_until(lambda: database.rows(waiting, pid=pid), "the connection waits for a lock")
