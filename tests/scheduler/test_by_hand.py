"""What operators do by hand: mark instances or runs failed, clear them, sync twice at once."""

from __future__ import annotations

import pytest

from tests.fixtures.scheduler import ANOTHER, LiveAirflow
from tests.scheduler.runs import Run

pytestmark = pytest.mark.scheduler


def test_mark_and_clear(live_airflow: LiveAirflow) -> None:
    names = ("marked", "restarted", "repaired", "untouched")
    marked, restarted = (live_airflow.repository(f"hand/{name}") for name in names[:2])
    untouched = live_airflow.repository("hand/untouched")
    live_airflow.tables.track("hand/repaired")
    holds = {
        name: live_airflow.hold(one) for name, one in (("marked", marked), ("restarted", restarted))
    }

    run = live_airflow.sync(*(f"hand/{name}" for name in names))
    for hold in holds.values():
        hold.wait_for_arrival()
    run.mark(0, "failed")
    run.clear(1, only_failed=False)
    assert run.wait().state == "failed"
    for hold in holds.values():
        hold.release()
    _assert_marked_and_restarted(live_airflow, run)
    live_airflow.tables.assert_equal(restarted)

    repaired = live_airflow.world.repository("hand/repaired")
    repaired.pull_request("feat: it exists now")
    live_airflow.pause(marked.full_name)
    run.clear(0, 2)
    assert run.wait().state == "success"
    _assert_only_those_ran_again(live_airflow, run)
    live_airflow.tables.assert_equal(repaired)
    live_airflow.tables.assert_equal(untouched)


def _assert_marked_and_restarted(live_airflow: LiveAirflow, run: Run) -> None:
    assert live_airflow.statuses("hand/marked") == ["killed"]
    tracked = live_airflow.tracked("hand/marked")
    assert tracked["sync_status"] == "error"
    assert tracked["last_sync_error"].startswith("hand/marked: ")
    assert live_airflow.statuses("hand/restarted") == ["killed", "complete"]
    assert live_airflow.tracked("hand/restarted")["sync_status"] == "complete"
    summary = run.summary()
    assert [one["repository"] for one in summary["errors"]] == ["hand/marked", "hand/repaired"]
    assert _events(live_airflow) == {"marked": 1, "restarted": 0, "repaired": 1, "untouched": 0}


def _assert_only_those_ran_again(live_airflow: LiveAirflow, run: Run) -> None:
    assert live_airflow.statuses("hand/untouched") == ["complete"]
    assert live_airflow.statuses("hand/restarted") == ["killed", "complete"]
    assert live_airflow.statuses("hand/marked") == ["killed", "skipped"]
    assert live_airflow.statuses("hand/repaired") == ["error", "complete"]
    skipped = run.result("sync_repository", 0)
    assert skipped == {"repository": "hand/marked", "skipped": True, "reason": "It is paused."}
    tracked = live_airflow.tracked("hand/repaired")
    assert (tracked["sync_status"], tracked["last_sync_error"]) == ("complete", None)
    summary = run.summary()
    counts = {name: summary[f"repos_{name}"] for name in ("complete", "skipped", "error")}
    assert counts == {"complete": 3, "skipped": 1, "error": 0}
    assert _events(live_airflow) == {"marked": 1, "restarted": 0, "repaired": 1, "untouched": 0}


def _events(live_airflow: LiveAirflow) -> dict[str, int]:
    names = ("marked", "restarted", "repaired", "untouched")
    return {name: len(live_airflow.events(f"hand/{name}")) for name in names}


def test_the_second_of_two_runs_steps_aside(live_airflow: LiveAirflow) -> None:
    repository = live_airflow.repository("twice/at-once")
    hold = live_airflow.hold(repository)
    first = live_airflow.sync(repository)
    hold.wait_for_arrival()

    second = live_airflow.sync(repository, dag_id=ANOTHER).wait()

    assert second.state == "success"
    result = second.result("sync_repository", 0)
    assert result["skipped"] is True
    assert result["reason"] == "Another task is syncing it at this moment."
    assert second.summary()["repos_skipped"] == 1
    assert first.state == "running"
    hold.release()
    assert first.wait().state == "success"
    assert first.result("sync_repository", 0)["prs_synced"] == 1
    assert live_airflow.statuses("twice/at-once") == ["complete", "skipped"]
    live_airflow.tables.assert_equal(repository)
