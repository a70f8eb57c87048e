"""Finds a free port."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from demo.errors import UsageError

PREFERRED = 8080
HIGHEST = 65535


def free_port() -> int:
    """Any free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def chosen_port(environment: Mapping[str, str]) -> int:
    """The port in PORT; without it 8080, or any free port if 8080 is in use.

    :raises UsageError: PORT is invalid or in use
    """
    requested = environment.get("PORT", "").strip()
    if not requested:
        return PREFERRED if _is_free(PREFERRED) else free_port()
    if not (requested.isascii() and requested.isdecimal() and 0 < int(requested) <= HIGHEST):
        raise UsageError(f"PORT is {requested!r}.", f"Set it to a number from 1 to {HIGHEST}.")
    if not _is_free(int(requested)):
        raise UsageError(f"Port {requested} is in use.", "Choose another one: make up PORT=8081.")
    return int(requested)


def _is_free(port: int) -> bool:
    try:
        # Binds as Airflow does: a port that was closed a moment ago is free.
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
