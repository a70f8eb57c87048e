"""What OpenLineage's real provider tells of a run; and Airflows in which it can tell nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from github_server import SAMPLE_TOKEN, Repository
from github_sync.settings import Settings
from github_sync.tasks.lineage import emit_lineage
from github_sync.tasks.openlineage_event import RUN_FACET, github_namespace
from tests.fixtures.airflow import Airflow

OnGitHub = Callable[..., list[Repository]]
Sync = Callable[..., str]
PASSWORD = "postgres-4e6a8c0b1d"
JOB = "sync_github_repositories.sync_repository"
DAILY_RUN = """
from airflow.dag_processing.dagbag import DagBag

run = DagBag().dags["sync_github_repositories"].test()
assert str(run.state) == "success", run.state
"""
"""In a process of its own: Airflow loads the provider's listener when it starts."""
WITHOUT_PROVIDER = """
import importlib.metadata
import sys

import importlib_metadata

for metadata in (importlib.metadata, importlib_metadata):
    others = [one for one in metadata.distributions() if "openlineage" not in one.name]
    metadata.distributions = lambda others=others, **_: iter(others)
sys.modules["airflow.providers.openlineage"] = sys.modules["openlineage"] = None
"""
"""Neither found among what is installed nor to be imported."""


@pytest.fixture
def sync(airflow: Airflow, on_github: OnGitHub) -> Sync:
    """Syncs acme/api and acme/web, telling OpenLineage by a transport; returns what was said."""
    on_github("acme/api", "acme/web")
    airflow.add("acme/api", "acme/web")
    real = json.loads(airflow.database.airflow_connection)
    shown = {"host": "warehouse.example.com", "password": PASSWORD, "extra": {"host": real["host"]}}
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", json.dumps(real | shown))

    def run(before: str = "", **transport: object) -> str:
        airflow.set("AIRFLOW__OPENLINEAGE__DISABLED", "False")
        airflow.set("AIRFLOW__OPENLINEAGE__TRANSPORT", json.dumps(transport))
        done = subprocess.run(
            [sys.executable, "-c", before + DAILY_RUN],
            env=os.environ | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO"},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_a_sync_tells_what_it_read_and_wrote(airflow: Airflow, sync: Sync, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    web = airflow.tracked("acme/web")["repository_id"]
    with airflow.database.connect() as another:
        lock = "select pg_advisory_lock(hashtextextended('github.tracked_repositories', %s))"
        another.execute(lock, [web])
        sync(type="file", log_file_path=str(file), append=True)

    events = [json.loads(line) for line in file.read_text().splitlines()]
    of_the_task = [event for event in events if event["job"]["name"] == JOB]
    [ours] = [event for event in of_the_task if event["eventType"] == "RUNNING"]
    assert [(one["namespace"], one["name"]) for one in ours["inputs"]] == [
        (github_namespace(airflow.server.url), "acme/api")
    ]
    assert {one["name"]: _rows(one) for one in ours["outputs"]} == {
        f"{airflow.database.name}.github.pull_requests": 1,
        f"{airflow.database.name}.github.pull_request_reviews": 1,
        f"{airflow.database.name}.github.pull_request_labels": 0,
        f"{airflow.database.name}.github.users": None,
    }
    warehouse = "postgres://warehouse.example.com:5432"
    assert {one["namespace"] for one in ours["outputs"]} == {warehouse}
    facet = ours["run"]["facets"][RUN_FACET]
    counts = {"prs_synced": 1, "reviews_synced": 1, "prs_failed": 0, "requests": 1}
    expected = {"status": "complete", "mode": "full", **counts}
    assert {key: facet[key] for key in expected} == expected
    assert facet["quota_remaining"] > 0
    assert facet["last_sync_at"]
    run_id = ours["run"]["runId"]
    its_run = [one["eventType"] for one in of_the_task if one["run"]["runId"] == run_id]
    assert its_run == ["START", "RUNNING", "COMPLETE"], "it is one run with the provider's own"
    for secret in (PASSWORD, SAMPLE_TOKEN):
        assert secret not in file.read_text()


def _rows(dataset: dict[str, Any]) -> int | None:
    rows = dataset.get("outputFacets", {}).get("outputStatistics", {}).get("rowCount")
    return None if rows is None else int(rows)


def test_without_the_provider_a_run_is_as_ever(
    airflow: Airflow, sync: Sync, tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"

    said = sync(WITHOUT_PROVIDER, type="file", log_file_path=str(file), append=True)

    assert airflow.tracked("acme/api")["sync_status"] == "complete"
    assert "No lineage was emitted" not in said
    assert not file.exists()


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of a listener that answers Airflow's own events, but hangs at each of ours."""
    is_over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if event["eventType"] == "RUNNING":
                is_over.wait()
                return
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        is_over.set()
        server.shutdown()


def test_who_hangs_is_not_waited_for(airflow: Airflow, sync: Sync, hanging: str) -> None:
    airflow.set("AIRFLOW__OPENLINEAGE__EXECUTION_TIMEOUT", "1")

    said = sync(type="http", url=hanging, timeout=60)

    assert airflow.tracked("acme/api")["sync_status"] == "complete"
    assert said.count("OpenLineage did not answer within 1 s") == 2, "once for each repository"


def test_an_older_provider_is_said_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AIRFLOW__OPENLINEAGE__DISABLED", "False")
    monkeypatch.setenv("AIRFLOW__OPENLINEAGE__TRANSPORT", '{"type": "console"}')
    monkeypatch.delitem(sys.modules, "github_sync.tasks.openlineage_event")
    monkeypatch.setitem(sys.modules, "airflow.providers.openlineage.api", None)

    emit_lineage({}, Settings())

    assert "the provider must be 2.16 or later" in caplog.text


@pytest.mark.parametrize(
    ("api_url", "namespace"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("https://github.acme.com:8443/api/v3", "https://github.acme.com:8443"),
        ("https://user:token@github.acme.com/api/v3?key=1", "https://github.acme.com"),
    ],
)
def test_a_repository_is_named_by_where_people_see_it(api_url: str, namespace: str) -> None:
    assert github_namespace(api_url) == namespace
