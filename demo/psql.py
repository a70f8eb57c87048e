"""`python -m demo psql`: runs psql on the demo's tables."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence

from demo.errors import UsageError
from demo.home import Home
from demo.postgres import Postgres, is_running


def psql(home: Home, arguments: Sequence[str]) -> int:
    """Run psql on the tables of a command that has ended or is running; its exit code.

    Starts the server if it does not run.
    """
    if not (home.postgres / "PG_VERSION").exists():
        raise UsageError("The tables do not exist yet.", f"Run `make {home.command}` first.")
    if is_running(home):
        return _run(Postgres(home), arguments)
    with home.lock(), Postgres(home) as postgres:
        return _run(postgres, arguments)


def _run(postgres: Postgres, arguments: Sequence[str]) -> int:
    command = [str(postgres.psql), postgres.conninfo(), *arguments]
    options = f"-c search_path=github,public {os.environ.get('PGOPTIONS', '')}"
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for psql
    try:
        # A child inherits the ignored signal, but psql sets a handler of its own.
        environment = {**os.environ, "PGOPTIONS": options}
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, handler)
