"""One connection to Postgres: named statements, transactions, and errors with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from github_sync.entities.values import Row
from github_sync.errors import RowRefused, SyncError, WarehouseRefused, WarehouseUnavailable
from github_sync.redaction import redact
from github_sync.resources import read_sql

# https://www.postgresql.org/docs/current/errcodes-appendix.html
ROW_CLASSES = ("22", "23", "54")
PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")
PASSING = ("25006", "25P03", "25P04")
"""Read-only after a failover, and sessions that waited too long."""


class Warehouse:
    """Runs the statements of ``include/sql`` on one connection.

    :param connection: psycopg 3, or psycopg2 where Airflow still uses it
    """

    def __init__(self, connection: Any) -> None:
        self.connection = configure_connection(connection)

    def run(self, statement: str, /, **parameters: object) -> list[Row]:
        """Run ``include/sql/<statement>.sql`` and return its rows, if it has any.

        Call it within :meth:`transaction`.

        :raises SyncError: as :func:`warehouse_error` translates Postgres's error
        """
        with _translated(self.connection), self.connection.cursor() as cursor:
            cursor.execute(read_sql(statement), parameters)
            if cursor.description is None:
                return []
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is run within; after an error, roll it back."""
        try:
            yield
            with _translated(self.connection):
                self.connection.commit()
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """After an error, roll back what is run within, and continue the transaction."""
        self._execute("savepoint pull_request")
        try:
            yield
        except RowRefused:
            self._execute("rollback to savepoint pull_request")
            raise
        self._execute("release savepoint pull_request")

    def close(self) -> None:
        """Close the connection; what was not committed is rolled back, locks are released."""
        self.connection.close()

    def _execute(self, sql: str) -> None:
        with _translated(self.connection), self.connection.cursor() as cursor:
            cursor.execute(sql)

    def _roll_back(self) -> None:
        try:
            self.connection.rollback()
        except self.connection.Error:
            # The connection and its transaction are lost: report the first error.
            self.connection.close()


def configure_connection(connection: Any) -> Any:
    """The connection, with rows as tuples and transactions, whatever its extra asks for."""
    connection.autocommit = False
    if hasattr(connection, "row_factory"):
        from psycopg.rows import tuple_row

        connection.row_factory = tuple_row
    else:
        connection.cursor_factory = None
    return connection


@contextmanager
def _translated(connection: Any) -> Iterator[None]:
    """Replaced, not chained: Postgres's own error shows the row."""
    try:
        yield
    except connection.Error as error:
        raise warehouse_error(error) from None


def warehouse_error(error: Exception) -> SyncError:
    """The error of ours for what psycopg raised.

    :returns: RowRefused (this content cannot be stored), WarehouseRefused (permissions, missing
        objects) or WarehouseUnavailable (worth another try)
    """
    code = str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or "")
    # The whole text may show the row.
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    said = redact(" ".join((primary or str(error)).split()))
    if code.startswith(ROW_CLASSES):
        return RowRefused(f"Postgres cannot store it ({code}: {said}).")
    if code == "42501":
        return WarehouseRefused(
            f"Postgres denied permission ({said}).",
            "Grant it to the connection's role (docs/deploying.md), then clear the failed "
            "instance.",
        )
    if not code or code.startswith(PASSING_CLASSES) or code in PASSING:
        return WarehouseUnavailable(
            f"Postgres was unavailable or interrupted the statement "
            f"({code + ': ' if code else ''}{said}).",
            "Check the database and the connection if this persists.",
        )
    return WarehouseRefused(
        f"Postgres refused the statement ({code}: {said}).",
        "Check whether the schema github was changed by hand.",
    )
