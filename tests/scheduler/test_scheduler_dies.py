"""The scheduler is killed in the middle of a sync, and started again."""

from __future__ import annotations

import time

import psutil
import pytest

from tests.fixtures.scheduler import ANOTHER, LiveAirflow
from tests.scheduler.runs import Run, wait_until

pytestmark = pytest.mark.scheduler

SCHEDULER = "scheduler"
ANSWER_SECONDS = 0.01
"""Postgres mostly takes less to answer what the scheduler asked before it was halted."""
IS_LOCKED = """
select not exists (
    select from dag_run where run_id = %(run_id)s for update skip locked
) as is_locked
"""
INHERITED = """
select pid, state from pg_stat_activity
where datname = current_database() and application_name = 'scheduler'
order by backend_start limit 1
"""
"""The session that the scheduler opened before it forked its workers: they hold it open too."""


def test_with_its_workers_as_when_the_machine_is_lost(live_airflow: LiveAirflow) -> None:
    """The task dies with them; another try goes on behind the last page stored."""
    repository = live_airflow.repository("lost/machine", 150)
    other = live_airflow.repository("lost/other")
    hold = live_airflow.hold(repository, skip=1)
    run = live_airflow.sync(repository, other, dag_id=ANOTHER)
    hold.wait_for_arrival()
    run.wait_for(1, "success")

    live_airflow.components.kill(SCHEDULER)
    hold.release()
    live_airflow.components.restart(SCHEDULER)

    assert run.wait().state == "success"
    assert live_airflow.statuses("lost/machine") == ["killed", "complete"]
    killed, finished = live_airflow.attempts("lost/machine")
    assert (killed["prs_synced"], finished["prs_synced"]) == (100, 50), "it went on, not again"
    assert live_airflow.statuses("lost/other") == ["complete"], "what was done is not done again"
    assert run.summary()["repos_complete"] == 2
    assert live_airflow.tracked("lost/machine")["sync_status"] == "complete"
    assert live_airflow.events("lost/machine") == []
    live_airflow.tables.assert_equal(repository)


def test_alone_while_its_workers_live_on(live_airflow: LiveAirflow) -> None:
    """The task ends as if nothing had happened; its run goes on, once Postgres lets go of it.

    The scheduler dies at the worst moment: it has locked the run, in a session that its workers
    hold open. Only Postgres's timeout ends that transaction.
    """
    repository = live_airflow.repository("lost/scheduler", 150)
    hold = live_airflow.hold(repository, skip=1)
    run = live_airflow.sync(repository, dag_id=ANOTHER)
    hold.wait_for_arrival()

    task = _kill_alone(live_airflow, run)
    hold.release()
    wait_until(lambda: not task.is_running(), "the task is over")
    live_airflow.components.restart(SCHEDULER)

    assert run.wait().state == "success"
    assert live_airflow.statuses("lost/scheduler") == ["complete"]
    assert run.summary()["repos_complete"] == 1
    assert live_airflow.tracked("lost/scheduler")["sync_status"] == "complete"
    assert live_airflow.events("lost/scheduler") == []
    live_airflow.tables.assert_equal(repository)


def _kill_alone(live_airflow: LiveAirflow, run: Run) -> psutil.Process:
    """The scheduler, while it has the run locked; returns the run's task, which lives on."""
    task = psutil.Process(run.instance(0)["pid"])
    # It does so for a moment in each of its rounds: short steps find it soon.
    wait_until(
        lambda: _halted_with_lock(live_airflow, run),
        "the scheduler locks the run",
        poll_seconds=0.01,
    )
    live_airflow.components.kill_alone(SCHEDULER)
    assert task.is_running()
    assert _is_locked(live_airflow, run), "its workers hold the session open"
    return task


def _halted_with_lock(live_airflow: LiveAirflow, run: Run) -> bool:
    """Halt the scheduler; unless it has locked the run in the inherited session, let it go on."""
    scheduler = psutil.Process(live_airflow.components.processes[SCHEDULER].pid)
    scheduler.suspend()
    time.sleep(ANSWER_SECONDS)
    is_within = live_airflow.metadata.one(INHERITED)["state"] == "idle in transaction"
    if is_within and _is_locked(live_airflow, run):
        return True
    scheduler.resume()
    return False


def _is_locked(live_airflow: LiveAirflow, run: Run) -> bool:
    return bool(live_airflow.metadata.one(IS_LOCKED, run_id=run.run_id)["is_locked"])
