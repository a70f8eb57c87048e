"""The few requests to Airflow's REST API that `make up` needs."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any

from demo.problems import DemoError

PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
POLL_SECONDS = 0.5
TIMEOUT_SECONDS = 60
"""A small machine that starts four processes at once answers late."""
DAG_TIMEOUT_SECONDS = 180
RUN_TIMEOUT_SECONDS = 300
OVER = ("success", "failed")


class AirflowApi:
    """Airflow's REST API on this machine, where everyone is admin."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}"
        # What is on this machine is not reached through a proxy.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._token = ""

    def unhealthy(self) -> list[str]:
        """The parts of Airflow that are not at work yet."""
        try:
            health = self._request("GET", "/api/v2/monitor/health")
        except OSError:
            return ["its API server"]
        missing = [part for part in PARTS if health[part]["status"] != "healthy"]
        return [f"its {part.replace('_', ' ')}" for part in missing]

    def run(self, dag_id: str, conf: dict[str, Any]) -> str:
        """Trigger a Dag, as soon as Airflow has read it, and return how its run ended."""
        self._token = self._request("GET", "/auth/token")["access_token"]
        order = {"logical_date": None, "conf": conf}
        runs = f"/api/v2/dags/{dag_id}/dagRuns"
        self._wait_for(f"/api/v2/dags/{dag_id}")
        run = self._request("POST", runs, order)
        address = f"{runs}/{run['dag_run_id']}"
        deadline = time.monotonic() + RUN_TIMEOUT_SECONDS
        while run["state"] not in OVER:
            if time.monotonic() > deadline:
                raise DemoError(f"{dag_id} is still {run['state']}.")
            time.sleep(POLL_SECONDS)
            run = self._request("GET", address)
        return str(run["state"])

    def _wait_for(self, path: str) -> None:
        deadline = time.monotonic() + DAG_TIMEOUT_SECONDS
        while not self._is_there(path):
            if time.monotonic() > deadline:
                raise DemoError(f"Airflow has not read the Dags: there is no {path}.")
            time.sleep(POLL_SECONDS)

    def _is_there(self, path: str) -> bool:
        try:
            self._request("GET", path)
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self._root + path, data, headers, method=method)
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return json.load(answer)
