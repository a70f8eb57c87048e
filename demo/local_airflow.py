"""`make up` and `make down`: an Airflow with its UI in the background."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from rich.markup import escape
from rich.panel import Panel

from demo.errors import DemoError
from demo.github import SampleGitHub, real_github
from demo.home import CHECKOUT, Home
from demo.ports import chosen_port
from demo.postgres import stop_postgres
from demo.screen import Screen, Step
from demo.supervisor_state import State, StateFile, log_files, stop
from github_sync.dag_ids import SYNC_DAG_ID

POLL_SECONDS = 0.2


def up(screen: Screen, home: Home) -> None:
    """Start it, and return when it is healthy. Does nothing if it already runs."""
    file = StateFile(home)
    running = file.read()
    if running and running.is_alive:
        screen.print("Airflow is already running.")
        _print_summary(screen, home, running)
        return
    real = real_github(os.environ)
    port = chosen_port(os.environ)
    _clean_up(home, running)
    name = real.name if real else SampleGitHub.name
    _prepare_home(home, name, is_sample=real is None)
    state = file.create(_start_supervisor(home, port), port, name)
    try:
        with screen.step("Start Airflow in the background") as step:
            state = _wait_until_ready(file, step, home)
    except BaseException:
        _clean_up(home, state)
        file.remove()
        raise
    _print_summary(screen, home, state)


def down(screen: Screen, home: Home) -> None:
    """Stop everything that `make up` started."""
    file = StateFile(home)
    state = file.read()
    if state is None:
        stop_postgres(home)
        screen.print("Nothing is running.")
        return
    with screen.step("Stop Airflow") as step:
        stop(state, lambda left: step.note(f"{left} processes still run"))
        _clean_up(home, state)
    file.remove()


def _clean_up(home: Home, state: State | None) -> None:
    """Stop processes that a killed supervisor may have left behind."""
    if state is not None:
        stop(state, lambda _: None)
    stop_postgres(home)


def _prepare_home(home: Home, github: str, *, is_sample: bool) -> None:
    """Sample data starts empty each time. Data of a real GitHub is kept for the same GitHub."""
    note = home.folder / "github.txt"
    if is_sample or not note.exists() or note.read_text(encoding="utf-8") != github:
        home.recreate()
    home.create()
    note.write_text(github, encoding="utf-8")


def _start_supervisor(home: Home, port: int) -> int:
    with home.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "demo.supervisor", str(port)],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # identifies all its processes; Ctrl-C does not reach it
        )
    return process.pid


def _wait_until_ready(file: StateFile, step: Step, home: Home) -> State:
    while True:
        state = file.read()
        if state is None or not state.is_alive:
            reason = (state and state.problem) or "its supervisor ended."
            raise DemoError(f"Airflow did not start: {reason}", f"See {log_files(home)}.")
        if not state.phase:
            return state
        step.note(state.phase)
        time.sleep(POLL_SECONDS)


def _print_summary(screen: Screen, home: Home, state: State) -> None:
    python = home.display_path(Path(sys.executable))
    dag = f"{state.url}/dags/{SYNC_DAG_ID}"
    lines = [
        f"[good]●[/] [name]{state.url}[/]   no login; reachable only from this machine",
        f"  GitHub is [note]{state.github}[/].",
        f"  {state.tracked} repositories are tracked. To sync them, press Trigger on",
        f"  [name]{dag}[/]",
    ]
    if name := state.failing_repository:
        lines.append(f"  {name} will fail: the sample revokes access to it on purpose.")
    if state.problem:
        lines.append(f"  [bad]✗ {escape(state.problem)}[/]")
    lines += [
        f"  The tables    {python} -m demo psql --up",
        f"  The logs      {log_files(home)}",
        "  Stop it       make down",
    ]
    screen.print(Panel("\n".join(lines), title="[name]Airflow[/]", title_align="left"))
