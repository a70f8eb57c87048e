"""The run's time is up while a repository is being synced."""

from __future__ import annotations

import psutil
import pytest

from tests.fixtures.scheduler import ANOTHER, SHORT, LiveAirflow
from tests.scheduler.repository_faults import spend_quota
from tests.scheduler.runs import wait_until

pytestmark = pytest.mark.scheduler


def test_whoever_is_cut_off_has_failed_and_may_sync_again(live_airflow: LiveAirflow) -> None:
    stuck, done = live_airflow.repository("expiry/stuck"), live_airflow.repository("expiry/done")
    waiting = live_airflow.repository("expiry/waiting")
    spend_quota(waiting, 60, times=1)
    hold = live_airflow.hold(stuck)

    run = live_airflow.sync(stuck, done, waiting, dag_id=SHORT)
    hold.wait_for_arrival()
    task = psutil.Process(run.instance(0)["pid"])
    assert run.wait().state == "failed"
    for name in ("expiry/stuck", "expiry/waiting"):
        wait_until(lambda name=name: live_airflow.events(name), f"{name} is recorded and reported")
    wait_until(lambda: not task.is_running(), "the task is ended")
    hold.release()

    _assert_error(live_airflow, "expiry/stuck", 0)
    _assert_error(live_airflow, "expiry/waiting", 2)
    assert live_airflow.statuses("expiry/done") == ["complete"]
    assert live_airflow.events("expiry/done") == []

    assert live_airflow.sync(stuck, dag_id=ANOTHER).wait().state == "success"
    tracked = live_airflow.tracked("expiry/stuck")
    assert (tracked["sync_status"], tracked["last_sync_error"]) == ("complete", None)
    assert len(live_airflow.events("expiry/stuck")) == 1
    live_airflow.tables.assert_equal(stuck)


def _assert_error(live_airflow: LiveAirflow, name: str, index: int) -> None:
    [attempt] = live_airflow.attempts(name)
    assert (attempt["status"], attempt["is_final"]) == ("killed", True)
    assert attempt["finished_at"] is not None
    tracked = live_airflow.tracked(name)
    assert tracked["sync_status"] == "error"
    assert tracked["last_sync_error"].startswith(f"{name}: The run reached its time limit")
    [event] = live_airflow.events(name)
    assert event["tags"]["map_index"] == str(index)
