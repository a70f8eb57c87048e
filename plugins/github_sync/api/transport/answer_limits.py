"""Ends each answer: it may take only so many seconds and have only so many bytes.

requests' own timeout begins again with each byte that arrives, so that an answer that drips, or
never ends, would keep a task forever.

https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
"""

from __future__ import annotations

import io
import socket
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager

from github_sync.errors import GitHubUnavailable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_BYTES = 100_000_000
"""Of one answer, decompressed. A page of 100 pull requests whose texts and reviews are as long as
GitHub allows has less; usual ones have 0.3 MB."""
CHUNK_BYTES = 65_536
"""Read at once."""


def limit_answers(session: requests.Session, seconds: float) -> None:
    """Make each answer of the session fail that is not whole after so many seconds.

    It is then the error of requests for a read timeout. Connecting has a limit of its own.
    """
    adapter = _LimitingAdapter(seconds)
    session.mount("https://", adapter)
    session.mount("http://", adapter)


def read_body(response: requests.Response, about: str) -> bytearray:
    """The whole body of an answer that was requested with ``stream=True``, decompressed.

    :param about: what is asked about, for the message
    :raises GitHubUnavailable: it has more than :data:`MOST_BYTES`
    :raises requests.RequestException: it did not arrive
    """
    with response:
        body = bytearray()
        for chunk in response.iter_content(CHUNK_BYTES):
            body += chunk
            if len(body) > MOST_BYTES:
                raise GitHubUnavailable(
                    f"{about}: GitHub's answer has more than {MOST_BYTES:,} bytes.",
                    response.headers.get("x-github-request-id"),
                    may_be_too_much=True,
                )
        return body


class _TimedReads(io.RawIOBase):
    """What arrives at a socket, until the time is up."""

    def __init__(self, arriving: io.RawIOBase, sock: socket.socket, seconds: float) -> None:
        self._arriving = arriving
        self._socket = sock
        self._ends_at = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left)
        read: int | None = self._arriving.readinto(buffer)
        return read

    def fileno(self) -> int:
        return self._arriving.fileno()

    def close(self) -> None:
        self._arriving.close()
        super().close()


def _timed_response(seconds: float) -> type[HTTPResponse]:
    """The class of http.client's answers for connections whose answers have a limit."""

    class TimedResponse(HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
            super().__init__(sock, *args, **options)
            self.fp = io.BufferedReader(_TimedReads(self.fp.detach(), sock, seconds))

    return TimedResponse


class _LimitingAdapter(HTTPAdapter):
    """Its connections, also those through a proxy, make answers that end in time."""

    def __init__(self, seconds: float) -> None:
        self._answers = _timed_response(seconds)
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Called by requests."""
        super().init_poolmanager(*args, **options)
        _set_answers(self.poolmanager, self._answers)

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:
        """Called by requests for each request."""
        is_known = proxy in self.proxy_manager
        manager: PoolManager = super().proxy_manager_for(proxy, **options)
        if not is_known:
            _set_answers(manager, self._answers)
        return manager


def _set_answers(manager: PoolManager, answers: type[HTTPResponse]) -> None:
    """https://urllib3.readthedocs.io/en/stable/advanced-usage.html#custom-pool-manager"""
    classes: dict[str, Any] = {}
    pools: dict[str, Any] = manager.pool_classes_by_scheme
    for scheme, pool in pools.items():
        connection = type("Connection", (pool.ConnectionCls,), {"response_class": answers})
        classes[scheme] = type("Pool", (pool,), {"ConnectionCls": connection})
    manager.pool_classes_by_scheme = classes
