"""What a run reports to others: Dags scheduled on its data, and collectors of metrics."""

from __future__ import annotations

import pytest

from tests.fixtures.scheduler import CONSUMER, DAILY, LATE, LiveAirflow
from tests.scheduler.runs import Run, wait_until

pytestmark = pytest.mark.scheduler


def consumed(live_airflow: LiveAirflow) -> list[str]:
    runs = live_airflow.api.get(f"/dags/{CONSUMER}/dagRuns", order_by="id")["dag_runs"]
    return [run["dag_run_id"] for run in runs]


def wait_until_consumed(live_airflow: LiveAirflow) -> None:
    """Until the scheduler has started what each Asset event so far calls for."""
    path = f"/dags/{CONSUMER}/assets/queuedEvents"

    def none_waits() -> bool:
        answer = live_airflow.api.client.get(path)
        # Airflow 3.1 answers 404 when there are none.
        return answer.status_code == 404 or answer.json()["total_entries"] == 0

    wait_until(none_waits, "no event waits for the consumer")


def extras(live_airflow: LiveAirflow, run: Run) -> list[dict[str, object]]:
    found = live_airflow.api.get("/assets/events", source_run_id=run.run_id)["asset_events"]
    return [event["extra"] for event in found]


def test_one_event_for_each_run_over_all_repositories(live_airflow: LiveAirflow) -> None:
    live_airflow.clean_up()
    changed, quiet = (live_airflow.repository(f"news/{name}") for name in ("changed", "quiet"))
    live_airflow.world.clock.advance(3600)
    live_airflow.run(DAILY).wait()  # what others changed before is announced here
    wait_until_consumed(live_airflow)
    before = len(consumed(live_airflow))
    changed.pull_request("feat: news")
    live_airflow.world.clock.advance(3600)
    live_airflow.sync(quiet).wait()

    run = live_airflow.run(DAILY).wait()

    assert run.state == "success"
    [extra] = extras(live_airflow, run)
    assert extra["run_id"] == run.run_id
    assert extra["repositories"] == ["news/changed"]
    wait_until(lambda: len(consumed(live_airflow)) > before, "the consumer runs")

    run.clear_all()
    assert run.wait().state == "success"
    live_airflow.sync(changed).wait()
    wait_until_consumed(live_airflow)
    assert len(extras(live_airflow, run)) == 1, "cleared, it is not announced again"
    assert len(consumed(live_airflow)) == before + 1


def test_metrics_go_where_airflows_go(live_airflow: LiveAirflow) -> None:
    repository = live_airflow.repository("metrics/api", 3)
    live_airflow.metrics.clear()

    run = live_airflow.sync(repository).wait()

    names = ("prs_synced", "reviews_synced", "requests", "repos_complete", "repos_error")
    found = {name: live_airflow.metrics.values(f"github_sync.{name}") for name in names}
    assert found == {
        "prs_synced": [3.0],
        "reviews_synced": [3.0],
        "requests": [1.0],
        "repos_complete": [1.0],
        "repos_error": [0.0],
    }
    [quota] = live_airflow.metrics.values("github_sync.quota_remaining.github_default")
    assert 0 < quota < 5000
    assert live_airflow.metrics.values("github_sync.oldest_data_seconds")
    assert live_airflow.metrics.values("github_sync.repositories.complete") >= [1.0]
    assert live_airflow.metrics.values("github_sync.repositories.retrying") == [0.0]
    for documented in ("dagrun.duration.success", "ti.finish"):
        assert any(documented in line for line in live_airflow.metrics.lines), documented

    run.clear(0, only_failed=False)
    run.wait()
    lines = [line for line in live_airflow.metrics.lines if "github_sync.prs_synced" in line]
    assert [line.partition("|")[2] for line in lines] == ["g", "g"], "emitted again, not added"


def test_a_late_run_is_reported_once_and_goes_on(live_airflow: LiveAirflow) -> None:
    slow = live_airflow.repository("late/slow")
    hold = live_airflow.hold(slow)
    run = live_airflow.sync(slow, dag_id=LATE)
    hold.wait_for_arrival()

    wait_until(lambda: live_airflow.alerts_about(run), "there is an alert")
    hold.release()

    assert run.wait().state == "success"
    [alert] = live_airflow.alerts_about(run)
    assert alert.startswith(f"the run {run.run_id} is late: it is still running.\nSee http")


def test_a_run_that_failed_is_reported(live_airflow: LiveAirflow) -> None:
    live_airflow.tables.track("late/nowhere")
    run = live_airflow.sync("late/nowhere").wait()

    [alert] = live_airflow.alerts_about(run)
    assert alert.startswith("1 of 1 repositories failed")
