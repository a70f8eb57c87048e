"""The scheduler is killed in the middle of a sync, and started again."""

from __future__ import annotations

import pytest

from tests.fixtures.scheduler import ANOTHER, LiveAirflow

pytestmark = pytest.mark.scheduler

SCHEDULER = "scheduler"


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
    assert (killed["prs_synced"], finished["prs_synced"]) == (100, 50), "it went on, not anew"
    assert live_airflow.statuses("lost/other") == ["complete"], "what was done is not done again"
    assert run.summary()["repos_complete"] == 2
    assert live_airflow.tracked("lost/machine")["sync_status"] == "complete"
    assert live_airflow.events("lost/machine") == []
    live_airflow.tables.assert_equal(repository)
