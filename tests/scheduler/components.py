"""Airflow's components as processes of their own, on free ports, with a home of their own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from demo.airflow_api import access_token, unhealthy_components
from tests.fixtures.waiting import wait_until

COMPONENTS = ("api-server", "scheduler", "dag-processor")
START_TIMEOUT_SECONDS = 180
STOP_TIMEOUT_SECONDS = 10
AIRFLOW = (sys.executable, "-m", "airflow")
USERS = {"admin": "admin", "operator": "user", "viewer": "viewer"}
"""Who may log in, and as what."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def password(user: str) -> str:
    """Of one of the users."""
    return f"the password of {user}"


def token(url: str, user: str) -> str:
    """An access token of one of the users."""
    return access_token(url, user, password(user))


def settings(home: Path, root: Path, metadata_database: str, port: int) -> dict[str, str]:
    """Three users, a fast loop, and death noticed within seconds instead of minutes."""
    address = f"http://127.0.0.1:{port}"
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps({user: password(user) for user in USERS}))
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(root / "plugins"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "6",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(map(":".join, USERS.items())),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "1",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata_database,
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "10",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "1",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "2",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
        # The log server and the dag-processor's health endpoint have fixed ports by default.
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(free_port()),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


@dataclass
class Components:
    """The processes of one Airflow; ``home`` keeps their logs."""

    home: Path
    url: str
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    orphans: list[psutil.Process] = field(default_factory=list)
    """What outlived the component that had started it."""

    def start(self) -> None:
        """Migrate the metadata database, start everything, and wait until all of it is healthy."""
        (self.home / "logs").mkdir(exist_ok=True)
        self._start("migration", "db", "migrate").wait(START_TIMEOUT_SECONDS)
        if self.processes.pop("migration").returncode != 0:
            raise RuntimeError(self.log("migration"))
        for component in COMPONENTS:
            self._start(component, component)
        try:
            wait_until(self._is_up, "Airflow is healthy", START_TIMEOUT_SECONDS, poll_seconds=0.3)
        except AssertionError as error:
            raise RuntimeError("\n\n".join(map(self.log, COMPONENTS))) from error

    def stop(self) -> None:
        """Ask all components to end, and end what remains of them and of their children."""
        family = [p for process in self.processes.values() for p in _family(process.pid)]
        for orphan in self.orphans:  # no one is left to ask them
            with suppress(psutil.NoSuchProcess):
                orphan.kill()
        for process in self.processes.values():
            process.terminate()
        _, alive = psutil.wait_procs(family, timeout=STOP_TIMEOUT_SECONDS)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        for process in self.processes.values():
            process.wait(STOP_TIMEOUT_SECONDS)

    def kill(self, component: str) -> None:
        """SIGKILL to a component with all the processes that it started."""
        for process in _family(self.processes[component].pid):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.processes[component].wait(STOP_TIMEOUT_SECONDS)

    def kill_alone(self, component: str) -> None:
        """SIGKILL to a component; the processes that it started live on, until all is stopped."""
        process, *children = _family(self.processes[component].pid)
        self.orphans += children
        process.kill()
        self.processes[component].wait(STOP_TIMEOUT_SECONDS)

    def restart(self, component: str) -> None:
        """Start a component that was killed."""
        self._start(component, component)

    def log(self, component: str, length: int = 3000) -> str:
        """The end of a component's log."""
        text = (self.home / "logs" / f"{component}.log").read_text(errors="replace")
        return f"{component}: ...{text[-length:]}"

    def _start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        with (self.home / "logs" / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*AIRFLOW, *command],
                # A session in Postgres tells by this whose it is.
                env=os.environ | self.environment | {"PGAPPNAME": name},
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.processes[name]

    def _is_up(self) -> bool:
        assert not any(process.poll() for process in self.processes.values()), "one has ended"
        return self._is_healthy()

    def _is_healthy(self) -> bool:
        return not unhealthy_components(self.url, ("metadatabase", "scheduler", "dag_processor"))


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
