"""The web application: /api/graphql and REST under /api/v3, as on GitHub Enterprise Server."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from github_server.api import answer
from github_server.exchange import Answer, ReceivedRequest
from github_server.world import World

TRANSPORT = "transport"
ENDLESS_STEP = 1_000_000
"""Bytes sent at once in an answer without end."""


def create_app(world: World) -> Starlette:
    """An ASGI application over this world."""
    return Starlette(routes=[Route("/{path:path}", Endpoint(world))])


class Endpoint:
    """Every path ends here; what it means is decided in `api`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        received = _received(request, await request.body())
        made = await run_in_threadpool(answer, self._world, received)
        if not made.drop:
            await _send(made, send)
        if made.drop or made.truncate:
            await _hang_up(scope)


def _received(request: Request, body: bytes) -> ReceivedRequest:
    return ReceivedRequest(
        method=request.method,
        path=request.url.path,
        base_url=str(request.base_url).rstrip("/"),
        parameters=dict(request.query_params),
        headers=dict(request.headers),
        body=body,
    )


async def _send(made: Answer, send: Send) -> None:
    length = {} if made.is_endless else {"content-length": str(len(made.body))}
    headers = [*{**length, **made.headers}.items(), *made.repeated_headers]
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": made.status, "headers": raw})
    if made.drip_seconds or made.is_endless:
        await _send_slowly(made, send)
        return
    body = made.body[: len(made.body) // 2] if made.truncate else made.body
    await send({"type": "http.response.body", "body": body, "more_body": made.truncate})


async def _send_slowly(made: Answer, send: Send) -> None:
    """Byte by byte, or with spaces behind it until the client has had enough."""
    step = 1 if made.drip_seconds else len(made.body)
    for start in range(0, len(made.body), step):
        part = made.body[start : start + step]
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(made.drip_seconds)
    while made.is_endless:
        part = b" " if made.drip_seconds else b" " * ENDLESS_STEP
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(made.drip_seconds)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _hang_up(scope: Scope) -> None:
    """End the TCP connection under the client's feet; the server puts it into the scope's state."""
    transport: asyncio.Transport | None = scope.get("state", {}).get(TRANSPORT)
    if transport is None:
        raise RuntimeError("dropping connections needs GitHubServer, not just its application")
    transport.close()
    while transport.get_write_buffer_size():
        await asyncio.sleep(0.001)
    await asyncio.sleep(0)  # asyncio tells uvicorn at its next turn; then nothing is left to send
