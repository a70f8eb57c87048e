"""The application on a real port, in a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from github_server.app import TRANSPORT, create_app
from github_server.exchange import REST_PREFIX
from github_server.world import World

if TYPE_CHECKING:
    from typing_extensions import Self

START_TIMEOUT_SECONDS = 10


class ClosableProtocol(H11Protocol):
    """Hands its transport to the application, so that a fault can end the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by asyncio for each connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class PromptServer(uvicorn.Server):
    """Starts and stops without uvicorn's pauses: tests start and stop many servers."""

    async def main_loop(self) -> None:
        """Wait for the end."""
        while not self.should_exit:
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is open; uvicorn itself first waits for a tenth of a second."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.close()
        for listening in sockets or []:
            listening.close()


class GitHubServer:
    """Serves a world while the context lasts: `with GitHubServer(world) as server: server.url`."""

    def __init__(
        self,
        world: World,
        port: int = 0,
        host: str = "127.0.0.1",
        certificate: tuple[str, str] | None = None,
    ) -> None:
        """Serve this world.

        :param certificate: the paths of a certificate and of its key (PEM): then it speaks TLS
        """
        self.world = world
        self._scheme = "https" if certificate else "http"
        self._socket = socket.create_server((host, port))
        # asyncio sets it on sockets made for TCP only; without it each answer comes 40 ms late.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host, self.port = host, int(self._socket.getsockname()[1])
        self._server = PromptServer(_config(world, certificate))
        self._thread = threading.Thread(target=self._run, name="github-server", daemon=True)

    @property
    def root(self) -> str:
        """Where the server is, without a path."""
        return f"{self._scheme}://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL of the REST API, as PyGithub wants it."""
        return self.root + REST_PREFIX

    def start(self) -> Self:
        """Begin to serve; returns when requests are answered."""
        self._thread.start()
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the GitHub server did not start")
            time.sleep(0.002)
        return self

    def stop(self) -> None:
        """End all connections and the thread."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=START_TIMEOUT_SECONDS)
        self._socket.close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def _config(world: World, certificate: tuple[str, str] | None) -> uvicorn.Config:
    certfile, keyfile = certificate or (None, None)
    return uvicorn.Config(
        create_app(world),
        http=ClosableProtocol,
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        date_header=False,
        server_header=False,
        ssl_certfile=certfile,
        ssl_keyfile=keyfile,
    )
