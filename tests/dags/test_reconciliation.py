"""Task instances that could not say themselves how they ended: killed, or cut off by the expiry."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from github_server import Fault, Repository
from tests.conftest import ROOT
from tests.fixtures.airflow import Airflow
from tests.fixtures.sentry import SentryListener

SYNC = """
import sys
import psycopg
from github_sync.store.sync_attempts import SyncJob
from github_sync.api.client import client_with_token
from github_sync.settings import Settings
from github_sync.sync.repository import sync_repository
from github_sync.store.warehouse import Warehouse

conninfo, url, token, repository_id, run_id = sys.argv[1:]
sync_repository(
    SyncJob(int(repository_id), "acme/api", run_id=run_id, map_index=0),
    lambda: Warehouse(psycopg.connect(conninfo)),
    lambda repository: client_with_token(token, repository.full_name, url),
    Settings(),
)
"""
"""What a worker's process does, in a process that can be killed."""


@pytest.fixture
def tracking(
    airflow: Airflow, sentry: SentryListener, on_github: Callable[..., list[Repository]]
) -> Airflow:
    """Two repositories are tracked, and Sentry is on."""
    on_github("acme/api", "acme/web")
    airflow.set("SENTRY_DSN", sentry.dsn)
    airflow.add("acme/api", "acme/web")
    return airflow


def sync_and_be_killed(airflow: Airflow, run_id: str) -> None:
    """A process syncs acme/api, and is killed outright while it waits for GitHub's answer."""
    repository_id = airflow.tracked("acme/api")["repository_id"]
    started: list[subprocess.Popen[bytes]] = []
    kill = Fault(before_answer=lambda: os.kill(started[0].pid, signal.SIGKILL))
    airflow.world.faults.add(kill)
    arguments = (airflow.database.conninfo, airflow.server.url, "sample-token", repository_id)
    command = [sys.executable, "-c", SYNC, *map(str, arguments), run_id]
    started.append(
        subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")})
    )
    assert started[0].wait(timeout=60) == -signal.SIGKILL
    [attempt] = airflow.attempts("acme/api")
    assert attempt["status"] == "running", "no callback could record its end"


def assert_recorded_and_reported(
    airflow: Airflow, sentry: SentryListener, full_name: str, said: str
) -> None:
    [attempt] = airflow.attempts(full_name)
    assert (attempt["status"], attempt["is_final"]) == ("killed", True)
    assert attempt["finished_at"] is not None
    row = airflow.tracked(full_name)
    assert (row["sync_status"], row["last_sync_error"]) == ("error", attempt["error_message"])
    assert full_name in row["last_sync_error"]
    assert said in row["last_sync_error"]
    [event] = sentry.events
    assert event["tags"]["repository"] == full_name
    assert event["exception"]["values"][0]["value"] == row["last_sync_error"]


@pytest.mark.parametrize("when", ["before it began", "while it worked"])
def test_a_killed_instance_is_recorded_and_reported_by_the_runs_last_task(
    when: str, tracking: Airflow, sentry: SentryListener
) -> None:
    run = tracking.begin()
    run.run_task("list_active_repositories")
    if when == "while it worked":
        sync_and_be_killed(tracking, run.run_id)
    run.kill_task("sync_repository", 0)
    assert run.run_task("sync_repository", 1) == "success"

    assert run.run_task("announce_changes") == "success"
    assert run.run_task("summarize_run") == "failed"

    done = run.read()
    assert done.state == "failed"
    assert (done.summary["repos_complete"], done.summary["repos_error"]) == (1, 1)
    assert done.summary["errors"][0]["repository"] == "acme/api"
    assert_recorded_and_reported(tracking, sentry, "acme/api", "killed")
    assert tracking.tracked("acme/web")["sync_status"] == "complete"


def test_an_instance_set_to_success_before_it_began_is_not_green(
    tracking: Airflow, sentry: SentryListener
) -> None:
    run = tracking.begin()
    run.run_task("list_active_repositories")
    run.set_to_success("sync_repository", 0)
    assert run.run_task("sync_repository", 1) == "success"
    assert run.run_task("announce_changes") == "success"

    assert run.run_task("summarize_run") == "failed"

    done = run.read()
    assert (done.summary["repos_complete"], done.summary["repos_error"]) == (1, 1)
    assert_recorded_and_reported(tracking, sentry, "acme/api", "set to success by hand")


def test_a_run_cut_off_by_its_expiry_leaves_no_repository_without_a_word(
    tracking: Airflow, sentry: SentryListener
) -> None:
    run = tracking.begin()
    run.run_task("list_active_repositories")
    run.run_task("sync_repository", 0)

    run.expire()
    run.expire()  # Airflow may call twice

    assert tracking.tracked("acme/api")["sync_status"] == "complete"
    assert_recorded_and_reported(tracking, sentry, "acme/web", "reached its time limit")


def test_a_run_that_failed_otherwise_is_not_called_expired(
    tracking: Airflow, sentry: SentryListener
) -> None:
    tracking.world.faults.add(Fault(status=401, times=2))

    run = tracking.sync()

    assert run.state == "failed"
    assert len(sentry.events) == 1
    statuses = {name: tracking.tracked(name)["sync_status"] for name in ("acme/api", "acme/web")}
    assert sorted(statuses.values()) == ["complete", "error"]
    assert "cut off" not in run.log


def test_what_an_older_run_left_open_is_closed_by_the_next(
    tracking: Airflow, sentry: SentryListener
) -> None:
    sync_and_be_killed(tracking, "a run whose scheduler died too")
    run = tracking.begin()

    run.run_task("list_active_repositories")

    assert_recorded_and_reported(tracking, sentry, "acme/api", "Airflow stopped")
    assert run.run_task("sync_repository", 0) == "success"
    statuses = [attempt["status"] for attempt in tracking.attempts("acme/api")]
    assert statuses == ["killed", "complete"]
    row = tracking.tracked("acme/api")
    assert (row["sync_status"], row["last_sync_error"]) == ("complete", None)
    assert len(sentry.events) == 1


def test_what_another_run_is_working_at_is_left_alone(
    tracking: Airflow, sentry: SentryListener
) -> None:
    sync_and_be_killed(tracking, "a run of which another process is alive")
    repository_id = tracking.tracked("acme/api")["repository_id"]
    with tracking.database.connect() as alive:
        alive.execute(
            "select pg_advisory_lock(hashtextextended('github.tracked_repositories', %s))",
            [repository_id],
        )
        run = tracking.sync()

    assert run.state == "success"
    assert tracking.attempts("acme/api")[0]["status"] == "running"
    assert sentry.events == []
