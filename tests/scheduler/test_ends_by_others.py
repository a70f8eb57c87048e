"""A task that others end: an execution timeout, or an operator who marks it success."""

from __future__ import annotations

import psutil
import pytest

from tests.fixtures.scheduler import ANOTHER, TIMED, LiveAirflow

pytestmark = pytest.mark.scheduler


def test_an_execution_timeout_is_a_failure_with_a_name(live_airflow: LiveAirflow) -> None:
    """GitHub keeps both waiting: one once, and it goes on; the other each time."""
    slow, stuck = live_airflow.repository("timed/slow", 150), live_airflow.repository("timed/stuck")
    live_airflow.hold(slow, skip=1)
    live_airflow.hold(stuck, times=9)

    run = live_airflow.sync(slow, stuck, dag_id=TIMED).wait()

    assert run.state == "failed"
    assert run.instance(0)["state"] == "success"
    first, second = live_airflow.attempts("timed/slow")
    assert (first["status"], first["error_class"]) == ("error", "AirflowTaskTimeout")
    assert (first["prs_synced"], second["prs_synced"]) == (100, 50), "it went on, not again"
    live_airflow.tables.assert_equal(slow)
    attempts = live_airflow.attempts("timed/stuck")
    assert [attempt["error_class"] for attempt in attempts] == ["AirflowTaskTimeout"] * 2
    assert [attempt["is_final"] for attempt in attempts] == [False, True]
    tracked = live_airflow.tracked("timed/stuck")
    assert tracked["sync_status"] == "error"
    assert "AirflowTaskTimeout" in tracked["last_sync_error"]
    assert len(live_airflow.events("timed/stuck")) == 1
    assert live_airflow.events("timed/slow") == []


def test_marked_success_before_it_was_done_is_not_green(live_airflow: LiveAirflow) -> None:
    repository = live_airflow.repository("hand/too-early")
    hold = live_airflow.hold(repository)
    run = live_airflow.sync(repository, dag_id=ANOTHER)
    hold.wait_for_arrival()

    task = psutil.Process(run.instance(0)["pid"])
    run.mark(0, "success")

    assert run.wait().state == "failed"
    task.wait(timeout=30)
    hold.release()
    [error] = run.summary()["errors"]
    assert error["repository"] == "hand/too-early"
    tracked = live_airflow.tracked("hand/too-early")
    assert tracked["sync_status"] == "error"
    assert "set to success by hand" in tracked["last_sync_error"]
    assert len(live_airflow.events("hand/too-early")) == 1
    run.clear(0, only_failed=False)
    assert run.wait().state == "success"
    live_airflow.tables.assert_equal(repository)
