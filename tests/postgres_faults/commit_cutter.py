"""Stands between a client and Postgres, and ends their connection at one COMMIT."""

from __future__ import annotations

import select
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from tests.fixtures.postgres import Database

if TYPE_CHECKING:
    from typing_extensions import Self

Outcome = Literal["committed", "rolled back"]
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""https://www.postgresql.org/docs/current/protocol-message-formats.html"""


class CommitCutter:
    """Cuts once, at the commit of this number (from 0), which Postgres has done by then or not."""

    def __init__(self, database: Database, number: int, outcome: Outcome) -> None:
        self.has_cut = False
        self._number = number
        self._outcome = outcome
        self._database = database
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def conninfo(self) -> str:
        port = self._socket.getsockname()[1]
        return f"host=127.0.0.1 port={port} user=postgres dbname={self._database.name}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=10)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(Path(self._database.socket_folder) / ".s.PGSQL.5432"))
            while True:
                readable, _, _ = select.select([client, server], [], [])
                for source in readable:
                    data = source.recv(65536)
                    if not data or (source is client and self._cuts(data, server)):
                        return
                    (server if source is client else client).sendall(data)

    def _cuts(self, data: bytes, server: socket.socket) -> bool:
        """Whether the connection ends here, before the client hears of its commit."""
        if not data.endswith(COMMIT):
            return False
        self._number -= 1
        if self._number != -1:
            return False
        if self._outcome == "committed":
            server.sendall(data)
            assert b"COMMIT" in server.recv(65536)
        self.has_cut = True
        return True
