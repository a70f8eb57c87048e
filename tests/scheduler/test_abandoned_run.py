"""A run is marked failed while it is running: Airflow calls no callback, the next run reports."""

from __future__ import annotations

import psutil
import pytest

from tests.fixtures.scheduler import ANOTHER, LiveAirflow
from tests.scheduler.repository_faults import spend_quota
from tests.scheduler.runs import wait_until

pytestmark = pytest.mark.scheduler

TIME_PASSES = """
update github.sync_attempts set finished_at = now() - interval '1 day'
where repository_id = %(repository_id)s
"""


def test_the_next_run_settles_what_was_abandoned(live_airflow: LiveAirflow) -> None:
    working, waiting = (live_airflow.repository(f"abandoned/{n}") for n in ("working", "waiting"))
    spend_quota(waiting, 60, times=1)
    hold = live_airflow.hold(working)
    run = live_airflow.sync(working, waiting)
    hold.wait_for_arrival()
    task = psutil.Process(run.instance(0)["pid"])
    run.wait_for(1, "up_for_reschedule")

    run.mark_run_failed()
    wait_until(lambda: not task.is_running(), "the task is ended")
    hold.release()
    live_airflow.database.rows(TIME_PASSES, **_row(live_airflow, "abandoned/waiting"))
    live_airflow.pause("abandoned/working")
    live_airflow.pause("abandoned/waiting")
    other = live_airflow.repository("abandoned/not-at-all")
    assert live_airflow.sync(other, dag_id=ANOTHER).wait().state == "success"

    for name in ("abandoned/working", "abandoned/waiting"):
        assert live_airflow.statuses(name) == ["killed"]
        tracked = live_airflow.tracked(name)
        assert tracked["sync_status"] == "error"
        assert tracked["last_sync_error"].startswith(f"{name}: ")
        [event] = live_airflow.events(name)
        assert event["tags"]["run_id"] == run.run_id


def _row(live_airflow: LiveAirflow, full_name: str) -> dict[str, object]:
    return {"repository_id": live_airflow.tracked(full_name)["repository_id"]}
