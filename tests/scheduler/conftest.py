"""The live Airflow as its first morning leaves it: repositories tracked, the daily Dag run once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from github_server import Repository
from tests.fixtures.scheduler import ANOTHER, DAILY, SHORT, TIMED, LiveAirflow
from tests.scheduler.runs import Run, wait_until

TRACK = "track_github_repositories"


@dataclass(frozen=True)
class FirstMorning:
    """What came of tracking three repositories and resuming the daily Dag."""

    repositories: list[Repository]
    tracking: Run
    daily: Run


@pytest.fixture(scope="session")
def first_morning(live_airflow: LiveAirflow) -> FirstMorning:
    world = live_airflow.world
    repositories = [world.repository(f"morning/{name}") for name in ("api", "web", "docs")]
    for repository in repositories:
        repository.pull_request("feat: one", author=world.user("alice")).review(world.user("bob"))
    live_airflow.unpause(TRACK)
    names = [repository.full_name for repository in repositories]
    tracking = live_airflow.run(TRACK, repositories=names).wait()
    for dag_id in (DAILY, ANOTHER, SHORT, TIMED):
        live_airflow.unpause(dag_id)
    return FirstMorning(repositories, tracking, _scheduled_run(live_airflow).wait())


def _scheduled_run(live_airflow: LiveAirflow) -> Run:
    """Resumed, the Dag makes up for this morning's run."""
    path = f"/dags/{DAILY}/dagRuns"
    runs = wait_until(lambda: live_airflow.api.get(path)["dag_runs"], "the schedule made a run")
    return Run(live_airflow.api, DAILY, runs[0]["dag_run_id"])


@pytest.fixture(autouse=True)
def without_traces(live_airflow: LiveAirflow, first_morning: FirstMorning) -> Iterator[None]:
    """The Dags are resumed; what a test did to GitHub and to Airflow ends with it."""
    yield
    live_airflow.clean_up()
