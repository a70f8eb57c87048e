"""The database session: sets what the statements rely on, and refuses what cannot be used.

Every session of ours starts here: of the tasks, of the page, of dry runs and of migrations.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from github_sync.entities.values import Row
from github_sync.errors import ConfigurationError, WarehouseUnavailable
from github_sync.resources import read_sql
from github_sync.store.postgres_errors import sqlstate, translated, warehouse_error

ENCODING = "UTF8"
PROTOCOL_VIOLATION = "08P01"
"""What PgBouncer answers to ``begin`` in statement pooling."""
CHECKS = 3
"""Transactions, each of which transaction pooling may give to another backend."""
RELEASE_TRIES = 40
RELEASE_PAUSE_SECONDS = 0.05
POOLING = (
    "Let the Airflow connection point to Postgres itself, or use session pooling (PgBouncer: "
    "pool_mode = session, server_reset_query = DISCARD ALL)."
)


@dataclass(frozen=True)
class Session:
    """One session of a server.

    :param place: the Airflow connection, the host and the database, for messages
    :param name: our name for it, which the session itself holds
    :param backend_pid: the server process
    :param is_pooled: a pooler is in between: it shows its clients other process ids
    """

    place: str
    name: str
    backend_pid: int
    is_pooled: bool


def start_session(connection: Any, place: str = "") -> Session:
    """Configure a new connection: one statement, and a few more behind a pooler.

    :param connection: psycopg 3, or psycopg2 where Airflow still uses it
    :param place: the Airflow connection, for messages; empty without Airflow
    :raises ConfigurationError: the database's encoding is not UTF8, or a pooler shares the session
    :raises SyncError: Postgres is unavailable, or refuses a setting
    """
    with translated(connection, place):
        place = ", ".join(filter(None, [place, f"host {connection.info.host}"]))
    with translated(connection, place):
        _configure_driver(connection)
        name = uuid4().hex
        facts = _run(connection, "session/configure_session", session=name)
        connection.autocommit = False
    is_pooled = connection.info.backend_pid != facts["backend_pid"]
    place += f", database {facts['database']}"
    session = Session(place, name, facts["backend_pid"], is_pooled)
    _check_encoding(session, facts["encoding"])
    if facts["session"] != name:
        raise _shared(session)
    if is_pooled:
        _check_pooler(connection, session)
    return session


def check_session(connection: Any, session: Session) -> None:
    """Check, first in a transaction, that it runs in this session: a pooler may share it.

    Locks that the session left behind are released.

    :raises ConfigurationError: it does not
    :raises psycopg.Error: (or psycopg2's) the transaction cannot begin
    """
    if not session.is_pooled:
        return
    found = _run(connection, "session/check_session")
    if found != {"backend_pid": session.backend_pid, "session": session.name}:
        _release_locks(connection, session)
        raise _shared(session)


def _release_locks(connection: Any, session: Session) -> None:
    """Let no lock stay behind in the pool; others may be using its backend just now."""
    for _ in range(RELEASE_TRIES):
        connection.rollback()
        held = _rows(connection, "session/release_locks", backend_pid=session.backend_pid)
        if held in ([], [{"is_released": True}]):
            return
        time.sleep(RELEASE_PAUSE_SECONDS)


def _configure_driver(connection: Any) -> None:
    """Rows as tuples, and no prepared statements, whatever the Airflow connection's extra says."""
    if hasattr(connection, "row_factory"):
        from psycopg.rows import tuple_row

        connection.row_factory = tuple_row
        connection.prepare_threshold = None
    else:
        connection.cursor_factory = None
        connection.set_client_encoding(ENCODING)
    connection.autocommit = True  # a transaction that is rolled back would take the settings along


def _check_encoding(session: Session, encoding: str) -> None:
    if encoding != ENCODING:
        raise ConfigurationError(
            f"The database's encoding is {encoding}, which cannot hold every text of GitHub's "
            f"({session.place}).",
            f"Let the Airflow connection point to a database with the encoding {ENCODING}: create "
            f"database NAME encoding '{ENCODING}' locale 'C' template template0.",
        )


def _check_pooler(connection: Any, session: Session) -> None:
    try:
        for _ in range(CHECKS):
            check_session(connection, session)
            connection.commit()
    except connection.Error as error:
        code = sqlstate(error)
        if code == PROTOCOL_VIOLATION:
            raise _shared(session) from None
        lost = warehouse_error(error, session.place)
        if not code:  # psycopg2 does not say why the connection ended
            raise WarehouseUnavailable(lost.message, f"If this persists: {POOLING}") from None
        raise lost from None


def _shared(session: Session) -> ConfigurationError:
    return ConfigurationError(
        "A connection pooler shares the database session between clients, as PgBouncer does with "
        f"transaction or statement pooling ({session.place}). The lock that lets only one task "
        "sync a repository needs a session of its own.",
        POOLING,
    )


def _run(connection: Any, statement: str, **parameters: object) -> Row:
    [row] = _rows(connection, statement, **parameters)
    return row


def _rows(connection: Any, statement: str, **parameters: object) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(read_sql(statement), parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
