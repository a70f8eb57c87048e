"""Runs an attempt in a child process, and stops it at chosen moments."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until

CHILD = Path(__file__).with_name("child.py")
ROOT = Path(__file__).parents[2]
GATE = 4711
"""The advisory lock at which a child is held up."""


@dataclass
class Children:
    """The child processes of one test."""

    syncing: Syncing
    gatekeeper: psycopg.Connection[Any]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, repository_id: int, run_id: str = "killed run") -> subprocess.Popen[str]:
        """Begins an attempt, as the task would."""
        tracked = self.syncing.tracked(repository_id)
        job = {"repository_id": repository_id, "full_name": tracked["full_name"]}
        arguments = {
            "url": self.syncing.server.url,
            "token": self.syncing.token,
            "conninfo": f"{self.syncing.database.conninfo} application_name=child",
            "job": job | {"run_id": run_id, "is_last_try": False},
        }
        process = subprocess.Popen(
            [sys.executable, str(CHILD), json.dumps(arguments)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def kill(self) -> None:
        """SIGKILL to the last one; returns when it is dead."""
        process = self.processes[-1]
        assert process.poll() is None, process.communicate()[1]
        process.kill()
        process.wait(timeout=10)

    def wait_until_postgres_noticed(self) -> None:
        """Postgres ends the dead child's session, and with it its lock and its transaction."""
        self._wait("select 1 where not exists (select 1 from pg_stat_activity where {child})")

    def hold_up(self, table: str, when: str) -> None:
        """Hold up, inside its statement, a child that writes such a row, until let through."""
        self.syncing.database.rows(
            "create function github.wait_at_gate() returns trigger language plpgsql as $$ "
            f"begin perform pg_advisory_xact_lock({GATE}); return new; end $$"
        )
        self.syncing.database.rows(
            f"create trigger gate before insert or update on github.{table} for each row "
            f"when ({when}) execute function github.wait_at_gate()"
        )
        self.gatekeeper.execute(f"select pg_advisory_xact_lock({GATE})")

    def let_through(self) -> None:
        """Let the statement go on."""
        self.gatekeeper.rollback()

    def open_the_way(self) -> None:
        """Let all go on."""
        self.syncing.database.rows("drop function github.wait_at_gate cascade")

    def wait_until_held_up(self) -> None:
        """Until the child stands in the middle of a statement."""
        self._wait("select 1 from pg_stat_activity where {child} and wait_event = 'advisory'")

    def run(self, repository_id: int) -> dict[str, Any]:
        """A whole attempt; what it printed."""
        output, errors = self.start(repository_id).communicate(timeout=100)
        assert self.processes[-1].returncode == 0, errors
        return dict(json.loads(output))

    def _wait(self, sql: str) -> None:
        child = "application_name = 'child' and datname = current_database()"

        def is_so() -> bool:
            last = self.processes[-1]
            assert last.poll() in (None, -signal.SIGKILL), last.communicate()[1]
            return bool(self.syncing.database.rows(sql.format(child=child)))

        wait_until(is_so, f"this has a row: {sql}")


@pytest.fixture
def children(syncing: Syncing) -> Iterator[Children]:
    with syncing.database.connect() as gatekeeper:
        children = Children(syncing, gatekeeper)
        yield children
    for process in children.processes:
        process.kill()
        process.communicate(timeout=10)
