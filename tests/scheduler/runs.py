"""Dag runs of a live Airflow, seen and handled through its REST API as an operator would."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from functools import partial
from typing import Any

import psutil

from demo.airflow_api import AirflowApi
from tests.fixtures import waiting

SYNC = "sync_repository"
FINISHED = ("success", "failed")
TIMEOUT_SECONDS = 180
"""How long to wait for anything; a busy machine is slow."""


wait_until = partial(waiting.wait_until, seconds=TIMEOUT_SECONDS, poll_seconds=0.15)


@dataclass(frozen=True)
class Run:
    """One run of a Dag; ``index`` is everywhere a mapped instance's position."""

    api: AirflowApi
    dag_id: str
    run_id: str

    @property
    def path(self) -> str:
        return f"/dags/{self.dag_id}/dagRuns/{self.run_id}"

    @property
    def state(self) -> str:
        return str(self.api.get(self.path)["state"])

    def wait(self) -> Run:
        """Until it is over."""
        wait_until(lambda: self.state in FINISHED, f"{self.run_id} is over")
        return self

    def instances(self) -> dict[str, dict[str, Any]]:
        """By task id, for mapped ones with the label that the UI shows behind it."""
        found = self.api.get(f"{self.path}/taskInstances")["task_instances"]
        return {_name(one): one for one in found}

    def states(self) -> dict[str, str]:
        return {name: one["state"] for name, one in self.instances().items()}

    def instance(self, index: int) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"{self.path}/taskInstances/{SYNC}/{index}")
        return found

    def wait_for(self, index: int, *states: str) -> dict[str, Any]:
        """The instance, once it is in one of the states."""

        def there() -> dict[str, Any] | None:
            found = self.instance(index)
            return found if found["state"] in states else None

        found: dict[str, Any] = wait_until(there, f"{SYNC}[{index}] is {' or '.join(states)}")
        return found

    def result(self, task_id: str, index: int = -1) -> Any:
        path = f"{self.path}/taskInstances/{task_id}/xcomEntries/return_value"
        return self.api.get(path, map_index=index, deserialize=True)["value"]

    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = self.result("summarize_run")
        return found

    def clear(self, *indexes: int, only_failed: bool = True) -> None:
        """As docs/operating.md tells: the instance with its downstream."""
        which = [[SYNC, index] for index in indexes]
        self._clear(task_ids=which, only_failed=only_failed, include_downstream=True)

    def _clear(self, **what: Any) -> None:
        body = {"dry_run": False, "dag_run_id": self.run_id, "reset_dag_runs": True, **what}
        self.api.call("POST", f"/dags/{self.dag_id}/clearTaskInstances", json=body)

    def clear_failed(self) -> None:
        """All failed instances, as docs/operating.md tells."""
        self._clear(task_ids=[SYNC], only_failed=True, include_downstream=True)

    def clear_all(self) -> None:
        """The whole run, its list of repositories too."""
        self._clear(only_failed=False)

    def mark(self, index: int, state: str) -> None:
        path = f"{self.path}/taskInstances/{SYNC}/{index}"
        self.api.call("PATCH", path, json={"new_state": state})

    def mark_run_failed(self) -> None:
        self.api.call("PATCH", self.path, json={"state": "failed"})

    def kill_task(self, index: int) -> None:
        """As the kernel does when memory runs out; returns when the process is gone."""
        _kill(psutil.Process(self.instance(index)["pid"]))

    def kill_worker(self, index: int) -> None:
        """The task with its supervisor, as when a machine is lost."""
        _kill(self.kill_supervisor(index))

    def kill_supervisor(self, index: int) -> psutil.Process:
        """The supervisor alone; returns the task, which lives on without it."""
        task = psutil.Process(self.instance(index)["pid"])
        supervisor = task.parent()
        assert supervisor
        assert "LocalExecutor" in " ".join(supervisor.cmdline())
        _kill(supervisor)
        return task


def _kill(process: psutil.Process) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def _name(instance: dict[str, Any]) -> str:
    if instance["map_index"] < 0:
        return str(instance["task_id"])
    label = instance["rendered_map_index"] or instance["map_index"]
    return f"{instance['task_id']}[{label}]"
