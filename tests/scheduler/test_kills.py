"""Tasks killed outright, with tries left and on the last one, alone and with their supervisor.

All in one run: the waiting overlaps.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest

from github_server import Repository
from github_server.known_faults import bad_gateway
from tests.fixtures.scheduler import ANOTHER, LiveAirflow
from tests.scheduler.repository_faults import Killings, only
from tests.scheduler.runs import SYNC, Run, wait_until

pytestmark = pytest.mark.scheduler

TRIES = 4
CALLBACK_SECONDS = 6
"""More than a callback takes from its first line in the log on."""
REQUESTS_A_TRY = 12
"""How often one try asks GitHub that answers 502: down to pages of one, three times more, once
without what is optional, and once for identities."""


@dataclass(frozen=True)
class KilledRun:
    """The run, and the repositories in it, by what was done to them; and how often it was done."""

    run: Run
    repositories: dict[str, Repository]
    killings: dict[str, Killings]


@pytest.fixture(scope="module")
def killed(live_airflow: LiveAirflow, first_morning: Any) -> KilledRun:
    sizes = {"once": 250, "always": 1, "worker": 1, "worker-at-last": 1}
    repositories = {
        name: live_airflow.repository(f"killed/{name}", size) for name, size in sizes.items()
    }
    once, always, worker, worker_at_last = repositories.values()
    asked_before = (TRIES - 1) * REQUESTS_A_TRY
    outage = bad_gateway(variables=only(worker_at_last.full_name), times=asked_before)
    live_airflow.world.faults.add(outage)
    killings = {
        "once": Killings(once, 0, Run.kill_task, skip=1),
        "always": Killings(always, 1, Run.kill_task, times=TRIES),
        "worker": Killings(worker, 2, Run.kill_worker),
        "worker-at-last": Killings(worker_at_last, 3, Run.kill_worker, skip=asked_before),
    }
    run = live_airflow.sync(*repositories.values())
    for killing in killings.values():
        killing.begin(run)
    return KilledRun(run.wait(), repositories, killings)


def test_a_killed_task_is_tried_again_from_its_last_page(
    live_airflow: LiveAirflow, killed: KilledRun
) -> None:
    assert killed.killings["once"].count == 1
    assert killed.run.instance(0)["state"] == "success"
    first, second = live_airflow.attempts("killed/once")
    assert [first["status"], second["status"]] == ["killed", "complete"]
    assert [first["try_number"], second["try_number"]] == [1, 2]
    assert [first["prs_synced"], second["prs_synced"]] == [100, 150], "it resumed"
    assert not first["is_final"]
    live_airflow.tables.assert_equal(killed.repositories["once"])
    tracked = live_airflow.tracked("killed/once")
    assert (tracked["sync_status"], tracked["last_sync_error"]) == ("complete", None)
    assert live_airflow.events("killed/once") == []


def test_a_task_killed_on_its_last_try_is_recorded_and_reported_once(
    live_airflow: LiveAirflow, killed: KilledRun
) -> None:
    assert killed.killings["always"].count == TRIES
    assert killed.run.instance(1)["state"] == "failed"
    assert live_airflow.statuses("killed/always") == ["killed"] * TRIES
    _assert_failed_and_reported_once(live_airflow, "killed/always", killed.run)


def test_a_lost_worker_is_noticed_and_its_task_tried_again(
    live_airflow: LiveAirflow, killed: KilledRun
) -> None:
    assert killed.killings["worker"].count == 1
    assert killed.run.instance(2)["state"] == "success"
    assert live_airflow.statuses("killed/worker") == ["killed", "complete"]
    live_airflow.tables.assert_equal(killed.repositories["worker"])
    assert live_airflow.tracked("killed/worker")["sync_status"] == "complete"
    assert live_airflow.events("killed/worker") == []


def test_a_worker_lost_on_the_last_try_is_recorded_and_reported_once(
    live_airflow: LiveAirflow, killed: KilledRun
) -> None:
    assert killed.killings["worker-at-last"].count == 1
    assert killed.run.instance(3)["state"] == "failed"
    outages, lost = ["error"] * (TRIES - 1), ["killed"]
    assert live_airflow.statuses("killed/worker-at-last") == outages + lost
    wait_until(lambda: _callbacks(live_airflow, killed.run) == 2, "Airflow called twice")
    time.sleep(CALLBACK_SECONDS)
    _assert_failed_and_reported_once(live_airflow, "killed/worker-at-last", killed.run)


def test_the_run_is_failed_and_its_summary_right(killed: KilledRun) -> None:
    assert killed.run.state == "failed"
    summary = killed.run.summary()
    assert (summary["repos_dispatched"], summary["repos_complete"]) == (4, 2)
    assert sorted(one["repository"] for one in summary["errors"]) == [
        "killed/always",
        "killed/worker-at-last",
    ]


def _callbacks(live_airflow: LiveAirflow, run: Run) -> int:
    """How often the Dag processor began a callback for the worker's instance."""
    instance = run.instance(3)["id"]
    logged = live_airflow.callback_log().splitlines()
    return sum("Executing" in line and "callback" in line and instance in line for line in logged)


def _assert_failed_and_reported_once(live_airflow: LiveAirflow, name: str, run: Run) -> None:
    last = live_airflow.attempts(name)[-1]
    assert (last["try_number"], last["error_class"]) == (TRIES, "TaskKilled")
    assert last["is_final"]
    tracked = live_airflow.tracked(name)
    assert tracked["sync_status"] == "error"
    assert tracked["last_sync_error"] == last["error_message"]
    assert tracked["last_sync_error"].startswith(f"{name}: ")
    [event] = live_airflow.events(name)
    assert (event["tags"]["run_id"], event["tags"]["try_number"]) == (run.run_id, str(TRIES))
    assert SYNC in event["contexts"]["airflow"]["log_url"]


def test_a_task_that_outlives_its_supervisor_is_not_disturbed(live_airflow: LiveAirflow) -> None:
    """Airflow gives it up and tries again; the new try neither steals from it nor turns green."""
    repository = live_airflow.repository("kills/orphan", 150)
    hold = live_airflow.hold(repository, skip=1)
    run = live_airflow.sync(repository, dag_id=ANOTHER)
    hold.wait_for_arrival()

    orphan = run.kill_supervisor(0)
    wait_until(lambda: len(live_airflow.attempts("kills/orphan")) > 1, "it is tried again")
    assert orphan.is_running()
    hold.release()

    assert run.wait().state == "success"
    first, second, *_ = attempts = live_airflow.attempts("kills/orphan")
    assert second["error_class"] == "EarlierTryAlive"
    assert first["status"] in ("complete", "error", "killed")
    assert attempts[-1]["status"] == "complete"
    assert live_airflow.tracked("kills/orphan")["sync_status"] == "complete"
    assert live_airflow.events("kills/orphan") == []
    live_airflow.tables.assert_equal(repository)
