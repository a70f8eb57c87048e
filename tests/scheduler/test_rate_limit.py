"""A spent quota: the instance steps back without a slot, and comes back after the reset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from github_server import ALWAYS
from tests.fixtures.scheduler import MAX_RATE_LIMIT_WAITS, LiveAirflow
from tests.scheduler.repository_faults import spend_quota

pytestmark = pytest.mark.scheduler

POOL = "/pools/default_pool"
RESET_SECONDS = 3
SPREAD_SECONDS = 7
"""By which the second instance comes back later than the first would."""


def test_waits_for_the_reset_as_often_as_allowed(live_airflow: LiveAirflow) -> None:
    never, once = live_airflow.repository("quota/never"), live_airflow.repository("quota/once", 150)
    other = live_airflow.repository("quota/other")
    limit = spend_quota(never, 1, times=ALWAYS)
    spend_quota(once, RESET_SECONDS, times=1, skip=1)
    hold = live_airflow.hold(other)

    with _one_slot(live_airflow):
        run = live_airflow.sync(never, once, other)
        hold.wait_for_arrival()
        waiting = run.wait_for(1, "up_for_reschedule")
        assert waiting["try_number"] == 1
        assert live_airflow.statuses("quota/once") == ["waiting"]
        assert run.instance(2)["state"] == "running", "in the only slot there is"
        hold.release()
        assert run.wait().state == "failed"

    _assert_came_back_after_the_reset(live_airflow)
    live_airflow.tables.assert_equal(once)
    assert run.instance(1)["state"] == "success"
    assert run.result("sync_repository", 1)["prs_synced"] == 50, "the rest, from the checkpoint"
    assert run.summary()["prs_synced"] == 151
    assert live_airflow.events("quota/once") == []
    _assert_gave_up(live_airflow)
    assert run.instance(0)["try_number"] == 1
    assert run.instance(0)["state"] == "failed"

    live_airflow.world.faults.remove(limit)
    spend_quota(never, 1, times=MAX_RATE_LIMIT_WAITS)
    run.clear(0)
    assert run.wait().state == "success", "cleared, it may wait as often again"
    live_airflow.tables.assert_equal(never)
    tracked = live_airflow.tracked("quota/never")
    assert (tracked["sync_status"], tracked["last_sync_error"]) == ("complete", None)


@contextmanager
def _one_slot(live_airflow: LiveAirflow) -> Iterator[None]:
    """A task that kept it while waiting would keep all others from running."""
    slots = live_airflow.api.get(POOL)["slots"]
    _resize(live_airflow, 1)
    try:
        yield
    finally:
        _resize(live_airflow, slots)


def _resize(live_airflow: LiveAirflow, slots: int) -> None:
    body = {"slots": slots, "include_deferred": False}
    live_airflow.api.call("PATCH", POOL, json=body, update_mask=["slots", "include_deferred"])


def _assert_came_back_after_the_reset(live_airflow: LiveAirflow) -> None:
    waited, went_on = live_airflow.attempts("quota/once")
    assert [waited["status"], went_on["status"]] == ["waiting", "complete"]
    assert [waited["try_number"], went_on["try_number"]] == [1, 1]
    assert went_on["started_at"] >= waited["resumes_at"]
    away = waited["resumes_at"] - waited["started_at"]
    assert away >= timedelta(seconds=RESET_SECONDS + SPREAD_SECONDS)
    [meanwhile] = live_airflow.attempts("quota/other")
    assert meanwhile["finished_at"] < went_on["started_at"]


def _assert_gave_up(live_airflow: LiveAirflow) -> None:
    attempts = live_airflow.attempts("quota/never")
    statuses = [attempt["status"] for attempt in attempts]
    assert statuses == ["waiting"] * MAX_RATE_LIMIT_WAITS + ["error"]
    assert {attempt["try_number"] for attempt in attempts} == {1}
    assert attempts[-1]["error_class"] == "RateLimitExhausted"
    tracked = live_airflow.tracked("quota/never")
    assert tracked["sync_status"] == "error"
    assert "GITHUB_SYNC_MAX_RATE_LIMIT_WAITS" in tracked["last_sync_error"]
    assert len(live_airflow.events("quota/never")) == 1
