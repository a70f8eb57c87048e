"""The process behind `make up`: starts Airflow's components, watches them, and stops them all.

`airflow standalone` leaves processes behind when it is terminated.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NoReturn

from demo.airflow_api import AirflowApi, unhealthy_components
from demo.environment import airflow_environment
from demo.errors import DemoError
from demo.github import GitHub, SampleGitHub, real_github
from demo.home import CHECKOUT, Home
from demo.ports import free_port
from demo.postgres import WAREHOUSE, Postgres
from demo.supervisor_state import StateFile, component_log
from demo.waiting import wait_until
from github_sync.dag_ids import TRACK_DAG_ID

COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
METADATA = "airflow"
HEALTH_TIMEOUT_SECONDS = 300
STOP_TIMEOUT_SECONDS = 6
"""The triggerer would take twelve."""
POLL_SECONDS = 0.5
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Processes = dict[str, subprocess.Popen[bytes]]


class Supervisor:
    """Everything that `make up` runs."""

    def __init__(self, home: Home, port: int) -> None:
        self.home = home
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.file = StateFile(home)

    def run(self) -> None:
        """Start everything, then watch it until a signal arrives."""
        with ExitStack() as stack:
            self._set_phase("starting PostgreSQL")
            postgres = stack.enter_context(Postgres(self.home))
            for database in (METADATA, WAREHOUSE):
                postgres.create_database(database)
            github = self._github(stack)
            environment = self._environment(github, postgres)
            self._set_phase("preparing Airflow's metadata database")
            self._migrate(environment)
            self._set_phase("starting Airflow")
            commands = {name: [name] for name in COMPONENTS}
            processes = stack.enter_context(self._airflow(commands, environment))
            self._wait_until_healthy(processes)
            self._track(github)
            self._set_phase("")
            self._watch(processes)

    def _set_phase(self, phase: str) -> None:
        self.file.update(phase=phase)

    def _github(self, stack: ExitStack) -> GitHub:
        real = real_github(os.environ)
        if real is not None:
            return real
        self._set_phase("starting a local GitHub API server with sample data")
        sample = SampleGitHub()
        stack.enter_context(sample.server)
        return sample

    def _environment(self, github: GitHub, postgres: Postgres) -> dict[str, str]:
        return {
            **airflow_environment(self.home),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": f"http://localhost:{self.port}",
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres.sqlalchemy_url(METADATA),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
            "AIRFLOW_CONN_GITHUB_DEFAULT": github.airflow_connection,
            "AIRFLOW_CONN_POSTGRES_DEFAULT": postgres.airflow_connection(),
        }

    def _migrate(self, environment: dict[str, str]) -> None:
        with self._airflow({"migrate": ["db", "migrate"]}, environment) as processes:
            if processes["migrate"].wait() != 0:
                raise DemoError("`airflow db migrate` failed.")

    @contextmanager
    def _airflow(
        self, commands: dict[str, list[str]], environment: dict[str, str]
    ) -> Iterator[Processes]:
        """Airflow's processes by name, while the context lasts."""
        processes: Processes = {}
        try:
            for name, arguments in commands.items():
                processes[name] = self._start(name, arguments, environment)
            yield processes
        finally:
            _stop(processes)

    def _start(
        self, name: str, arguments: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        file = component_log(self.home, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "airflow", *arguments],
                cwd=CHECKOUT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait_until_healthy(self, processes: Processes) -> None:
        unhealthy: list[str] = []

        def is_healthy() -> bool:
            self._check(processes)
            unhealthy[:] = unhealthy_components(self.url)
            if unhealthy:
                self._set_phase(f"waiting for Airflow's {', '.join(unhealthy)}")
            return not unhealthy

        if not wait_until(is_healthy, HEALTH_TIMEOUT_SECONDS, POLL_SECONDS):
            names = ", ".join(unhealthy)
            raise DemoError(f"Airflow's {names} did not start in {HEALTH_TIMEOUT_SECONDS} s.")

    def _track(self, github: GitHub) -> None:
        self._set_phase(f"tracking the repositories ({TRACK_DAG_ID})")
        with AirflowApi(self.url) as api:
            state = api.run(TRACK_DAG_ID, {"repositories": list(github.repositories)})
        if state != "success":
            self.file.update(problem=f"{TRACK_DAG_ID} failed. See its log in the UI.")
        self.file.update(tracked=len(github.repositories))
        if isinstance(github, SampleGitHub):
            self.file.update(failing_repository=github.revoke_access())

    def _watch(self, processes: Processes) -> None:
        while True:
            self._check(processes)
            time.sleep(POLL_SECONDS)

    def _check(self, processes: Processes) -> None:
        for name, process in processes.items():
            if process.poll() is not None:
                raise DemoError(f"Airflow's {name} ended with exit code {process.returncode}.")


def _stop(processes: Processes) -> None:
    for process in processes.values():
        process.terminate()
    wait_until(lambda: not _running(processes), STOP_TIMEOUT_SECONDS, POLL_SECONDS)
    for process in _running(processes):
        process.kill()
        process.wait()


def _running(processes: Processes) -> list[subprocess.Popen[bytes]]:
    return [process for process in processes.values() if process.poll() is None]


def _exit_cleanly(*_: object) -> NoReturn:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # do not interrupt the cleanup
    sys.exit(0)


def main() -> None:
    """Run until a signal arrives."""
    supervisor = Supervisor(Home.of("up"), int(sys.argv[1]))
    for number in SIGNALS:
        signal.signal(number, _exit_cleanly)
    try:
        supervisor.run()
    except Exception as error:
        supervisor.file.update(problem=str(error) or type(error).__name__)
        raise


if __name__ == "__main__":
    main()
