"""`make up` and `make down`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil
import pytest

from demo.home import Home
from demo.ports import free_port
from demo.supervisor_state import StateFile
from github_server.sample_data import LOST, TRACKED
from tests.demo.conftest import Command, Demo


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path)
    yield demo
    demo.run("down")


def ask(port: int, path: str, **headers: str) -> Any:
    request = Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def session(leader: int) -> list[int]:
    return [process.pid for process in psutil.process_iter() if is_in(process, leader)]


def is_in(process: psutil.Process, leader: int) -> bool:
    try:
        return os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, psutil.Error):
        return False


@pytest.mark.scheduler
def test_up_and_down(demo: Demo) -> None:
    port = free_port()
    up = demo.run("up", PORT=str(port))
    assert up.exit_code == 0, up.text
    assert f"http://localhost:{port}" in up.text
    assert "sample data" in up.text
    assert LOST in up.text

    health = ask(port, "/api/v2/monitor/health")
    assert {part["status"] for part in health.values()} == {"healthy"}
    assert paused(port) == {
        "sync_github_repositories": False,
        "track_github_repositories": False,
    }
    tracked = demo.query("select full_name from tracked_repositories where is_active", "--up")
    assert len(tracked) == len(TRACKED)

    again = demo.run("up", PORT=str(port))
    assert again.exit_code == 0
    assert "already running" in again.text

    leader = json.loads((demo.folder / "up.json").read_text())["process_id"]
    assert len(session(leader)) > 4
    down = demo.run("down")
    assert down.exit_code == 0
    assert session(leader) == []
    assert demo.processes() == []
    with pytest.raises(URLError):
        ask(port, "/api/v2/monitor/health")


def paused(port: int) -> dict[str, bool]:
    """Which Dags are paused, as the UI sees it, without a password."""
    token = ask(port, "/auth/token")["access_token"]
    listed = ask(port, "/api/v2/dags", Authorization=f"Bearer {token}")
    return {dag["dag_id"]: dag["is_paused"] for dag in listed["dags"]}


FAMILY = """
import os, subprocess, sys, time
if len(sys.argv) > 1:
    os.setpgid(0, 0)  # as Airflow's Dag processor does
    time.sleep(300)
subprocess.Popen([sys.executable, __file__, "child"])
time.sleep(300)
"""


def test_down_stops_processes_of_a_killed_supervisor(demo: Demo, tmp_path: Path) -> None:
    script = tmp_path / "family.py"
    script.write_text(FAMILY)
    leader = subprocess.Popen([sys.executable, str(script)], start_new_session=True)
    StateFile(Home(demo.folder, "up")).create(leader.pid, 8080, "a test")
    wait_for(lambda: len(session(leader.pid)) == 2)
    leader.send_signal(signal.SIGKILL)
    leader.wait()
    assert len(session(leader.pid)) == 1
    down = demo.run("down")
    assert down.exit_code == 0
    assert session(leader.pid) == []


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_down_without_a_running_airflow(demo: Demo) -> None:
    down: Command = demo.run("down")
    assert down.exit_code == 0
    assert "Nothing is running" in down.text


def test_a_port_in_use_is_refused(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        up = demo.run("up", PORT=str(port))
    assert up.exit_code == 2
    assert f"Port {port} is in use" in up.text


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_an_invalid_port_is_refused(demo: Demo, port: str) -> None:
    up = demo.run("up", PORT=port)
    assert up.exit_code == 2
    assert f"PORT is '{port}'" in up.text
