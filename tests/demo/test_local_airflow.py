"""`make up` and `make down`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from demo.airflow_api import AirflowApi, unhealthy_components
from demo.home import Home
from demo.ports import free_port
from demo.supervisor_state import StateFile
from demo.waiting import wait_until
from github_server.sample_data import LOST, TRACKED
from tests.demo.conftest import Command, Demo


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path)
    yield demo
    demo.run("down")


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

    url = f"http://127.0.0.1:{port}"
    assert unhealthy_components(url) == []
    with AirflowApi(url) as api:  # without a password
        dags = api.get("/dags")["dags"]
    assert {dag["dag_id"]: dag["is_paused"] for dag in dags} == {
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
    with pytest.raises(httpx.ConnectError):
        AirflowApi(url)


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
    assert wait_until(lambda: len(session(leader.pid)) == 2, timeout_seconds=10)
    leader.send_signal(signal.SIGKILL)
    leader.wait()
    assert len(session(leader.pid)) == 1
    down = demo.run("down")
    assert down.exit_code == 0
    assert session(leader.pid) == []


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
