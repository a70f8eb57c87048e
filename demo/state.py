"""What `make up` remembers of the Airflow that it started, so that `make down` finds all of it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from demo.home import Home

STOP_TIMEOUT_SECONDS = 15
KILL_TIMEOUT_SECONDS = 5
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class State:
    """The supervisor's process and what it has to say."""

    process_id: int
    started_at: float
    """By the operating system, to tell the process from a later one with its number."""
    port: int
    github: str
    phase: str = ""
    """What it is doing; empty once everything is ready."""
    problem: str = ""
    """Why it gave up."""
    fails: str = ""
    """The sample repository that fails on purpose."""
    tracked: int = 0

    @property
    def url(self) -> str:
        """Where the UI is."""
        return f"http://localhost:{self.port}"

    @property
    def is_alive(self) -> bool:
        """Whether the supervisor is at work."""
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
        """What was last written, if anything."""
        try:
            return State(**json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, state: State) -> None:
        """Replace it, so that no reader sees half of it."""
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(state)), encoding="utf-8")
        draft.replace(self._file)

    def update(self, **changes: Any) -> None:
        """Change some of it."""
        state = self.read()
        if state is not None:
            self.write(replace(state, **changes))

    def remove(self) -> None:
        """Forget it."""
        self._file.unlink(missing_ok=True)

    def begin(self, process_id: int, port: int, github: str) -> State:
        """A new supervisor."""
        started_at = psutil.Process(process_id).create_time()
        state = State(process_id, started_at, port, github, phase="starting")
        self.write(state)
        return state


def stop(state: State, watch: Callable[[int], None]) -> None:
    """Stop the supervisor and whatever it started, gently at first.

    :param watch: called again and again with the number of processes that are left
    """
    if state.is_alive:
        os.kill(state.process_id, signal.SIGTERM)
        _wait(state, STOP_TIMEOUT_SECONDS, watch)
    for process in _session(state):
        process.kill()
    _wait(state, KILL_TIMEOUT_SECONDS, watch)


def _wait(state: State, seconds: float, watch: Callable[[int], None]) -> None:
    deadline = time.monotonic() + seconds
    while (left := len(_session(state))) and time.monotonic() < deadline:
        watch(left)
        time.sleep(POLL_SECONDS)


def _session(state: State) -> list[Any]:
    """All processes of the supervisor's session.

    Airflow's processes leave their process group, and outlive their parents; none leaves its
    session. https://man7.org/linux/man-pages/man7/credentials.7.html
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
    """Where to look when something went wrong."""
    return f"{home.name(home.log)} and {home.name(home.folder / 'logs')}{os.sep}*.log"


def component_log(home: Home, component: str) -> Path:
    """What one of Airflow's processes prints."""
    return home.folder / "logs" / f"{component}.log"
