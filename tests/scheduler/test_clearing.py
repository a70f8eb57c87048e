"""Clearing through the REST API, long after: each does what an operator expects.

What only one instance needs is in test_by_hand.py.
"""

from __future__ import annotations

import pytest

from github_server import Fault
from tests.fixtures.scheduler import ANOTHER, DAILY, LiveAirflow
from tests.scheduler.repository_faults import only
from tests.scheduler.runs import Run

pytestmark = pytest.mark.scheduler


def test_an_old_run_after_its_repository_was_renamed_and_synced_by_a_newer_one(
    live_airflow: LiveAirflow,
) -> None:
    old, other = (live_airflow.repository(f"clear/{name}", 2) for name in ("old", "other"))
    _refuse(live_airflow, "clear/old", "clear/other")
    first = live_airflow.sync(old, other, dag_id=ANOTHER).wait()
    assert first.state == "failed"
    assert [one["repository"] for one in first.summary()["errors"]] == ["clear/old", "clear/other"]

    live_airflow.world.rename(old, "clear/renamed")
    newer = live_airflow.sync("clear/old", dag_id=ANOTHER).wait()
    assert newer.state == "success"
    old.pull_request("feat: since then")
    watermark = live_airflow.tracked("clear/renamed")["last_sync_at"]
    first.clear_failed()

    assert first.wait().state == "success"
    assert first.summary()["repos_complete"] == 2
    assert live_airflow.tracked("clear/renamed")["last_sync_at"] >= watermark
    assert live_airflow.statuses("clear/renamed") == ["error", "complete", "complete"]
    live_airflow.tables.assert_equal(old)
    live_airflow.tables.assert_equal(other)


def test_the_list_is_made_again(live_airflow: LiveAirflow) -> None:
    """Positions change: what the run says is of the repositories that it now has."""
    _, b, c = [live_airflow.repository(f"list/{name}") for name in "abc"]
    _refuse(live_airflow, "list/b")
    run = live_airflow.run(DAILY).wait()
    assert run.state == "failed"
    assert run.summary()["repos_dispatched"] == 3

    live_airflow.pause("list/a")
    d = live_airflow.repository("list/d", 2)
    b.pull_request("feat: since then")
    run.clear_all()

    assert run.wait().state == "success"
    summary = run.summary()
    counts = {name: summary[f"repos_{name}"] for name in ("dispatched", "complete", "error")}
    assert counts == {"dispatched": 3, "complete": 3, "error": 0}
    assert summary["skipped"] == [
        one for one in summary["skipped"] if one["reason"] == "It is paused."
    ]
    assert "list/a" in [one["repository"] for one in summary["skipped"]]
    for repository in (b, c, d):
        live_airflow.tables.assert_equal(repository)
    assert live_airflow.statuses("list/a") == ["complete"]


def test_a_shorter_list_leaves_nothing_of_what_it_lost(live_airflow: LiveAirflow) -> None:
    names = ("list/x", "list/y", "list/z")
    _, y, _ = [live_airflow.repository(name) for name in names]
    _refuse(live_airflow, "list/z")
    run: Run = live_airflow.run(DAILY).wait()
    assert [one["repository"] for one in run.summary()["errors"]] == ["list/z"]

    live_airflow.pause("list/x")
    live_airflow.pause("list/z")
    run.clear_all()

    assert run.wait().state == "success"
    summary = run.summary()
    assert (summary["repos_dispatched"], summary["repos_complete"]) == (1, 1)
    assert summary["errors"] == []
    live_airflow.tables.assert_equal(y)
    assert live_airflow.tracked("list/z")["sync_status"] == "error"


def _refuse(live_airflow: LiveAirflow, *names: str) -> None:
    """GitHub refuses the token when asked about these, once: no retry follows."""
    for name in names:
        live_airflow.world.faults.add(Fault(status=401, times=2, variables=only(name)))
