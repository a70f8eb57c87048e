"""One connection to Postgres: named statements, transactions, and errors with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from github_sync.entities.values import Row
from github_sync.errors import RowRefused
from github_sync.resources import read_sql
from github_sync.store.postgres_errors import translated
from github_sync.store.session import check_session, start_session

RECONNECTS = 3
"""How often a connection through a pooler is opened again to see whether it shares sessions."""


def open_warehouse(connect: Callable[[], Any], place: str = "") -> Warehouse:
    """The warehouse on a new connection.

    Behind a pooler it connects a few times, one after the other: a pool that shares sessions
    hands out one that an earlier connection has marked.

    :param connect: opens a connection
    :param place: the Airflow connection, for messages
    :raises SyncError: as :func:`~github_sync.store.session.start_session`
    """
    warehouse = Warehouse(connect(), place)
    for _ in range(RECONNECTS if warehouse.session.is_pooled else 0):
        warehouse.close()
        warehouse = Warehouse(connect(), place)
    return warehouse


class Warehouse:
    """Runs the statements of ``include/sql`` on one connection.

    :param connection: psycopg 3, or psycopg2 where Airflow still uses it; closed if it is refused
    :param place: the Airflow connection, for messages
    :raises SyncError: as :func:`~github_sync.store.session.start_session`
    """

    def __init__(self, connection: Any, place: str = "") -> None:
        self.connection = connection
        try:
            self.session = start_session(connection, place)
        except BaseException:
            connection.close()
            raise

    def run(self, statement: str, /, **parameters: object) -> list[Row]:
        """Run ``include/sql/<statement>.sql`` and return its rows, if it has any.

        Call it within :meth:`transaction`.

        :raises SyncError: as :func:`~github_sync.store.postgres_errors.warehouse_error` translates
            Postgres's error
        """
        with self._translated(), self.connection.cursor() as cursor:
            cursor.execute(read_sql(statement), parameters)
            if cursor.description is None:
                return []
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is run within; after an error, roll it back."""
        try:
            self.check_session()
            yield
            with self._translated():
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

    def check_session(self) -> None:
        """Check, first in a transaction, that a pooler has not given it to another session.

        :raises ConfigurationError: it has; nothing is written
        """
        with self._translated():
            check_session(self.connection, self.session)

    def close(self) -> None:
        """Close the connection; what was not committed is rolled back, locks are released."""
        self.connection.close()

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self.connection, self.session.place)

    def _execute(self, sql: str) -> None:
        with self._translated(), self.connection.cursor() as cursor:
            cursor.execute(sql)

    def _roll_back(self) -> None:
        try:
            self.connection.rollback()
        except self.connection.Error:
            # The connection and its transaction are lost: report the first error.
            self.connection.close()
