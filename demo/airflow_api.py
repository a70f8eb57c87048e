"""A client of Airflow's REST API, for the demo, the screenshots, the benchmark and the tests.

https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html
"""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any

import httpx

from demo.errors import DemoError
from demo.waiting import wait_until

if TYPE_CHECKING:
    from typing_extensions import Self

COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
REQUEST_TIMEOUT_SECONDS = 60
"""A small machine that starts four processes at once responds late."""
DAG_TIMEOUT_SECONDS = 180
RUN_TIMEOUT_SECONDS = 300
POLL_SECONDS = 0.5
FINISHED = ("success", "failed")


class AirflowApiError(DemoError):
    """Airflow refused a request."""


class AirflowApi:
    """Version 2 of the API, as one user; a context manager that closes the connections.

    :param url: Airflow's base URL
    :param username: leave it empty if everyone is an admin
    """

    def __init__(self, url: str, username: str = "", password: str = "") -> None:
        token = access_token(url, username, password)
        self.client = http_client(f"{url}/api/v2", token)

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.client.close()

    def call(self, method: str, path: str, json: Any = None, **params: Any) -> Any:
        """The decoded response.

        :raises AirflowApiError: the status is an error
        """
        response = self.client.request(method, path, json=json, params=params or None)
        if not response.is_success:
            details = f"{response.status_code} {response.text}"
            raise AirflowApiError(f"{method} {response.url}: {details}")
        return response.json()

    def get(self, path: str, **params: Any) -> Any:
        """The decoded response to a GET request."""
        return self.call("GET", path, **params)

    def unpause(self, dag_id: str) -> None:
        """Unpause a Dag as soon as Airflow has parsed it."""
        self._wait_for_dag(dag_id)
        self.call("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def trigger(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Trigger a Dag as soon as Airflow has parsed it; the run id."""
        self._wait_for_dag(dag_id)
        body = {"logical_date": None, "conf": conf or {}}
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", json=body)["dag_run_id"])

    def run(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Trigger a Dag and wait for the run's end; its final state."""
        path = f"/dags/{dag_id}/dagRuns/{self.trigger(dag_id, conf)}"
        state = ""

        def is_finished() -> bool:
            nonlocal state
            state = str(self.get(path)["state"])
            return state in FINISHED

        if not wait_until(is_finished, RUN_TIMEOUT_SECONDS, POLL_SECONDS):
            raise DemoError(f"{dag_id} is still {state} after {RUN_TIMEOUT_SECONDS} s.")
        return state

    def _wait_for_dag(self, dag_id: str) -> None:
        def exists() -> bool:
            return self.client.get(f"/dags/{dag_id}").status_code != HTTPStatus.NOT_FOUND

        if not wait_until(exists, DAG_TIMEOUT_SECONDS, POLL_SECONDS):
            raise DemoError(f"Airflow has not parsed the Dag {dag_id}.")


def access_token(url: str, username: str = "", password: str = "") -> str:
    """A token of the simple auth manager.

    https://airflow.apache.org/docs/apache-airflow/stable/security/api.html
    """
    with http_client(url) as client:
        if username:
            login = {"username": username, "password": password}
            response = client.post("/auth/token", json=login)
        else:
            response = client.get("/auth/token")
    return str(response.raise_for_status().json()["access_token"])


def unhealthy_components(url: str, components: Collection[str] = COMPONENTS) -> list[str]:
    """The components of Airflow that do not run yet."""
    try:
        with http_client(url) as client:
            health = client.get("/api/v2/monitor/health").raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        return ["API server"]
    unhealthy = [name for name in components if health[name]["status"] != "healthy"]
    return [name.replace("_", " ") for name in unhealthy]


def http_client(url: str, token: str = "") -> httpx.Client:
    """A client of a local server, which a proxy cannot reach."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(
        base_url=url, headers=headers, timeout=REQUEST_TIMEOUT_SECONDS, trust_env=False
    )
