"""The daily Dag as its schedule runs it."""

from __future__ import annotations

import pytest

from tests.fixtures.scheduler import FirstMorning, LiveAirflow

pytestmark = pytest.mark.scheduler


def test_the_schedule_syncs_every_tracked_repository(
    live_airflow: LiveAirflow, first_morning: FirstMorning
) -> None:
    run = first_morning.daily

    assert first_morning.tracking.state == "success"
    assert live_airflow.api.get(run.path)["run_type"] == "scheduled"
    assert run.state == "success"
    assert run.states() == {
        "list_active_repositories": "success",
        "sync_repository[morning/api]": "success",
        "sync_repository[morning/docs]": "success",
        "sync_repository[morning/web]": "success",
        "summarize_run": "success",
        "announce_changes": "success",
    }
    summary = run.summary()
    assert summary["repos_dispatched"] == summary["repos_complete"] == 3
    for repository in first_morning.repositories:
        live_airflow.tables.assert_equal(repository)
