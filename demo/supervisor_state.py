"""The state file of `make up`: `make down` reads it to find all processes."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from demo.home import Home
from demo.waiting import wait_until

STOP_TIMEOUT_SECONDS = 15
KILL_TIMEOUT_SECONDS = 5
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class State:
    """The supervisor's process and its progress."""

    process_id: int
    started_at: float
    """The process's start time, which distinguishes it from a later one with the same id."""
    port: int
    github: str
    phase: str = ""
    """The current step; empty when everything is ready."""
    problem: str = ""
    """Why it failed."""
    failing_repository: str = ""
    """The sample repository whose sync fails on purpose."""
    tracked: int = 0

    @property
    def url(self) -> str:
        """The UI's URL."""
        return f"http://localhost:{self.port}"

    @property
    def is_alive(self) -> bool:
        """Whether the supervisor runs."""
        try:
            process = psutil.Process(self.process_id)
            is_same = abs(process.create_time() - self.started_at) < 1
            return bool(is_same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False


class StateFile:
    """The state on disk; written by the supervisor, read by `make up` and `make down`."""

    def __init__(self, home: Home) -> None:
        self._file = home.local / "up.json"

    def read(self) -> State | None:
        """The state that was last written; None if there is none."""
        try:
            return State(**json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, state: State) -> None:
        """Replace the file atomically."""
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(state)), encoding="utf-8")
        draft.replace(self._file)

    def update(self, **changes: Any) -> None:
        """Change some fields."""
        state = self.read()
        if state is not None:
            self.write(replace(state, **changes))

    def remove(self) -> None:
        """Delete the file."""
        self._file.unlink(missing_ok=True)

    def create(self, process_id: int, port: int, github: str) -> State:
        """Write the state of a new supervisor."""
        started_at = psutil.Process(process_id).create_time()
        state = State(process_id, started_at, port, github, phase="starting")
        self.write(state)
        return state


def stop(state: State, watch: Callable[[int], None]) -> None:
    """Stop the supervisor and all its processes: SIGTERM first, then SIGKILL.

    :param watch: called repeatedly with the number of processes that still run
    """
    if state.is_alive:
        os.kill(state.process_id, signal.SIGTERM)
        _wait(state, STOP_TIMEOUT_SECONDS, watch)
    for process in _session(state):
        process.kill()
    _wait(state, KILL_TIMEOUT_SECONDS, watch)


def _wait(state: State, seconds: float, watch: Callable[[int], None]) -> None:
    def has_ended() -> bool:
        running = len(_session(state))
        if running:
            watch(running)
        return not running

    wait_until(has_ended, seconds, POLL_SECONDS)


def _session(state: State) -> list[Any]:
    """All processes of the supervisor's session.

    Airflow's processes leave their process group and may outlive their parents, but none leaves
    its session. https://man7.org/linux/man-pages/man7/credentials.7.html
    """
    return [process for process in psutil.process_iter() if _belongs(process, state)]


def _belongs(process: Any, state: State) -> bool:
    try:
        is_ours = os.getsid(process.pid) == state.process_id
        is_younger = process.create_time() >= state.started_at - 1
        return bool(is_ours and is_younger and process.status() != psutil.STATUS_ZOMBIE)
    except (OSError, psutil.Error):
        return False


def log_files(home: Home) -> str:
    """The log files, for messages."""
    return (
        f"{home.display_path(home.log)} and {home.display_path(home.folder / 'logs')}{os.sep}*.log"
    )


def component_log(home: Home, component: str) -> Path:
    """The log of one of Airflow's processes."""
    return home.folder / "logs" / f"{component}.log"
