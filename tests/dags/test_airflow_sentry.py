"""Airflow's own Sentry integration switched on: it reports, with our tags, and we do not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from github_server import Repository
from tests.fixtures.airflow import Airflow
from tests.fixtures.sentry import SentryListener

RUN = """
from airflow.dag_processing.dagbag import DagBag

DagBag().dags["sync_github_repositories"].test()
"""
"""In a process of its own: Airflow reads [sentry] sentry_on when it is first imported."""


def test_airflows_event_carries_our_tags_and_we_send_none(
    airflow: Airflow, sentry: SentryListener, on_github: Callable[..., list[Repository]]
) -> None:
    _, gone = on_github("acme/api", "acme/gone")
    airflow.add("acme/api", "acme/gone")
    airflow.world.delete_repository(gone)
    airflow.set("AIRFLOW__SENTRY__SENTRY_ON", "True")
    airflow.set("AIRFLOW__SENTRY__SENTRY_DSN", sentry.dsn)

    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    [attempt] = airflow.attempts("acme/gone")
    assert attempt["status"] == "error"
    of_the_task = [one for one in sentry.events if one["tags"].get("task_id") == "sync_repository"]
    [event] = [one for one in of_the_task if "exception" in one]
    expected = {
        "repository": "acme/gone",
        "dag_id": "sync_github_repositories",
        "task_id": "sync_repository",
        "run_id": attempt["run_id"],
        "map_index": str(attempt["map_index"]),
        "try_number": "1",
    }
    assert {tag: str(event["tags"][tag]) for tag in expected} == expected
    assert event["tags"]["operator"], "the event is Airflow's own"
    assert event["contexts"]["airflow"]["log_url"] == attempt["log_url"]
    assert [one for one in sentry.events if "github-sync" in one.get("fingerprint", [])] == []
