"""`python -m demo psql`: a prompt on the tables."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence

from demo.home import Home
from demo.postgres import Postgres, is_running
from demo.problems import UsageError


def psql(home: Home, arguments: Sequence[str]) -> int:
    """Run psql on the tables that a command left behind, or is at work on; its exit code.

    The server is started for it where it does not run.
    """
    if not (home.postgres / "PG_VERSION").exists():
        raise UsageError("There are no tables yet.", f"Run `make {home.command}` first.")
    if is_running(home):
        return _run(Postgres(home), arguments)
    with home.lock(), Postgres(home) as postgres:
        return _run(postgres, arguments)


def _run(postgres: Postgres, arguments: Sequence[str]) -> int:
    command = [str(postgres.psql), postgres.conninfo(), *arguments]
    options = f"-c search_path=github,public {os.environ.get('PGOPTIONS', '')}"
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for psql
    try:
        # What ignores a signal hands that on to its children, but psql sets a handler of its own.
        environment = {**os.environ, "PGOPTIONS": options}
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, ours)
