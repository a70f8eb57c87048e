"""What each of Postgres's error codes means: leave out the row, call the operator, or try again.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import psycopg
import pytest
from psycopg.errors import lookup

from github_sync.errors import RowRefused, SyncError, WarehouseRefused, WarehouseUnavailable
from github_sync.store.postgres_errors import warehouse_error

REFUSED_ROWS = "22001 22003 22007 22021 22P02 22P05 23502 23503 23505 23514 54000"
REFUSED = "0A000 3F000 42501 42601 42703 42883 42P01 42P10"
PASSING = "08000 08006 40001 40P01 53100 53200 53300 55P03 57014 57P01 57P02 57P03 58030"
PASSING += " 25006 25P03 25P04"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        *((RowRefused, code) for code in REFUSED_ROWS.split()),
        *((WarehouseRefused, code) for code in REFUSED.split()),
        *((WarehouseUnavailable, code) for code in PASSING.split()),
    ],
)
def test_a_code(kind: type[SyncError], code: str) -> None:
    error = warehouse_error(lookup(code)("it  said\nso"))
    assert type(error) is kind
    assert "it said so" in error.message
    assert code == "42501" or code in error.message


def test_no_code_means_no_answer() -> None:
    error = warehouse_error(psycopg.OperationalError("connection refused"))
    assert type(error) is WarehouseUnavailable
    assert "connection refused" in error.message
    assert "Check the database" in error.remedy


def test_a_missing_permission_has_its_own_remedy() -> None:
    error = warehouse_error(lookup("42501")("permission denied for table users"))
    assert "Grant it" in error.remedy


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("25006", "default_transaction_read_only"),
        ("25P04", "transaction_timeout"),
        ("53300", "GITHUB_SYNC_MAX_CONCURRENCY"),
        ("55P03", "lock_timeout"),
        ("57014", "statement_timeout"),
        ("42501", "bypassrls"),
        ("42P01", "by hand"),
        ("XX000", "server's log"),
    ],
)
def test_the_remedy_fits_the_code(code: str, named: str) -> None:
    assert named in warehouse_error(lookup(code)("it said so")).remedy


@pytest.mark.parametrize("code", ["42501", "42P01", "57014", "08006"])
def test_the_place_is_named(code: str) -> None:
    error = warehouse_error(lookup(code)("it said so"), "connection warehouse, host db")
    assert "it said so; connection warehouse, host db)" in error.message


@pytest.mark.parametrize(
    ("code", "kind"), [("42501", WarehouseRefused), ("53100", WarehouseUnavailable)]
)
def test_the_servers_language_does_not_matter(code: str, kind: type[SyncError]) -> None:
    assert type(warehouse_error(lookup(code)("keine Berechtigung für Tabelle users"))) is kind


def test_passwords_are_not_repeated() -> None:
    text = "connection failed: host=db password=hunter2 user=sync"
    assert "hunter2" not in str(warehouse_error(psycopg.OperationalError(text)))
