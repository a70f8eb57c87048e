"""A failure that a retry cannot fix: seen while the others go on, and afterwards."""

from __future__ import annotations

import pytest

from tests.fixtures.scheduler import LiveAirflow

pytestmark = pytest.mark.scheduler


def test_one_repository_fails_at_once_and_the_others_go_on(live_airflow: LiveAirflow) -> None:
    slow, fast = (live_airflow.repository(f"final/{name}") for name in ("slow", "fast"))
    live_airflow.tables.track("final/gone")
    hold = live_airflow.hold(slow)

    run = live_airflow.sync(slow, "final/gone", fast)
    hold.wait_for_arrival()
    run.wait_for(1, "failed")
    run.wait_for(2, "success")
    seen = run.instances()

    assert seen["sync_repository[final/slow]"]["state"] == "running"
    assert seen["sync_repository[final/gone]"]["state"] == "failed"
    assert seen["sync_repository[final/gone]"]["try_number"] == 1
    assert live_airflow.tracked("final/slow")["sync_status"] == "syncing"

    hold.release()
    assert run.wait().state == "failed"
    summary = run.summary()
    assert (summary["repos_dispatched"], summary["repos_complete"]) == (3, 2)
    assert [one["repository"] for one in summary["errors"]] == ["final/gone"]
    for repository in (slow, fast):
        live_airflow.tables.assert_equal(repository)
        assert live_airflow.events(repository.full_name) == []
    _assert_recorded_and_reported_once(live_airflow, run.run_id)


def _assert_recorded_and_reported_once(live_airflow: LiveAirflow, run_id: str) -> None:
    tracked = live_airflow.tracked("final/gone")
    assert tracked["sync_status"] == "error"
    assert "final/gone" in tracked["last_sync_error"]
    assert live_airflow.statuses("final/gone") == ["error"]
    [event] = live_airflow.events("final/gone")
    assert event["tags"] | {"environment": None} == {
        "repository": "final/gone",
        "dag_id": "sync_github_repositories",
        "task_id": "sync_repository",
        "run_id": run_id,
        "map_index": "1",
        "try_number": "1",
        "environment": None,
    }
    assert "sync_repository" in event["contexts"]["airflow"]["log_url"]
    assert [one["type"] for one in event["exception"]["values"]] == ["RepositoryNotFound"]
