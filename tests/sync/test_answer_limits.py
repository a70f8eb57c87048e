"""Each answer ends: after so many seconds and so many bytes, however it arrives."""

from __future__ import annotations

import socket
import time

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_sync.api.client import client_with_token
from github_sync.api.transport import answer_limits
from github_sync.errors import GitHubUnavailable
from tests.fixtures.raw_server import RawServer, Serve
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

LIMIT = 1
"""Seconds that GitHub may take for one answer."""


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    syncing.settings = syncing.settings.model_copy(update={"request_timeout_seconds": LIMIT})
    return syncing.track(api)


@pytest.mark.parametrize(
    "fault",
    [
        {"drip_seconds": 0.2},
        {"drip_seconds": 0.2, "is_endless": True},
        {"is_endless": True, "drip_seconds": 0.01, "status": 502, "body": "<html>"},
    ],
    ids=["drips", "drips without end", "a refusal without end"],
)
def test_an_answer_that_drips_is_given_up_and_asked_for_again(
    world: World, syncing: Syncing, api: Repository, repository_id: int, fault: dict[str, float]
) -> None:
    world.faults.add(Fault(times=1, **fault))  # type: ignore[arg-type]
    started = time.monotonic()

    syncing.sync(repository_id)

    assert LIMIT <= time.monotonic() - started < LIMIT + 2
    syncing.assert_equal(api)


def test_it_is_named_if_it_persists(world: World, syncing: Syncing, repository_id: int) -> None:
    world.faults.add(Fault(times=ALWAYS, drip_seconds=0.2))

    with pytest.raises(
        GitHubUnavailable,
        match=r"no whole answer from 127\.0\.0\.1:\d+ within 1 s \(GITHUB_SYNC_REQUEST_TIMEOUT",
    ):
        syncing.sync(repository_id)


def test_an_answer_of_too_many_bytes(
    world: World,
    syncing: Syncing,
    api: Repository,
    repository_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer_limits, "MOST_BYTES", 2_000_000)
    world.faults.add(Fault(times=1, is_endless=True))

    syncing.sync(repository_id)

    syncing.assert_equal(api)


def drip_headers(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.1)


def continue_forever(connection: socket.socket) -> None:
    connection.recv(65536)
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.001)


def drip_chunks(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\n \r\n")
        time.sleep(0.1)


def compressed_nothing(connection: socket.socket) -> None:
    """Empty gzip members, which decompress to nothing."""
    import gzip

    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    while True:
        connection.sendall(gzip.compress(b"") * 100)
        time.sleep(0.01)


def silence(connection: socket.socket) -> None:
    connection.recv(65536)
    time.sleep(10)


@pytest.mark.parametrize(
    "serve", [drip_headers, continue_forever, drip_chunks, compressed_nothing, silence]
)
def test_whatever_drips(serve: Serve) -> None:
    with RawServer(serve) as server:
        url = f"http://127.0.0.1:{server.port}/api/v3"
        github = client_with_token("token", "acme/api", url, timeout=LIMIT, retry_wait_seconds=0)
        started = time.monotonic()
        with pytest.raises(GitHubUnavailable, match="no whole answer") as caught:
            github.query("{ viewer { login } }", {}, tries=1)
        github.close()
    assert time.monotonic() - started < 2 * LIMIT
    assert caught.value.may_be_too_much
