"""Which ports are free on this machine."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from demo.problems import UsageError

PREFERRED = 8080
HIGHEST = 65535


def free_port() -> int:
    """Any free one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def chosen_port(environment: Mapping[str, str]) -> int:
    """The port that PORT names; without it 8080, or any other when that is taken.

    :raises UsageError: PORT is no port, or taken
    """
    wish = environment.get("PORT", "").strip()
    if not wish:
        return PREFERRED if _is_free(PREFERRED) else free_port()
    if not (wish.isascii() and wish.isdecimal() and 0 < int(wish) <= HIGHEST):
        raise UsageError(f"PORT is {wish!r}.", f"It must be a number from 1 to {HIGHEST}.")
    if not _is_free(int(wish)):
        raise UsageError(f"Port {wish} is taken.", "Choose another: make up PORT=8081.")
    return int(wish)


def _is_free(port: int) -> bool:
    try:
        # As Airflow will do it: a port that was only just given up is free.
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
