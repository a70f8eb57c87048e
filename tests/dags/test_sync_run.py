"""Whole runs of sync_github_repositories in which nothing goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from github_server import Repository, World
from tests.fixtures.airflow import Airflow
from tests.fixtures.github import START
from tests.truth import stored, truth

OnGitHub = Callable[..., list[Repository]]
BEFORE_START = START - timedelta(seconds=30)
"""GitHub's time stands still; the time that its answer took is subtracted from it."""
NOTHING = {
    "repos_dispatched": 0,
    "repos_skipped": 0,
    "repos_complete": 0,
    "repos_error": 0,
    "prs_synced": 0,
    "reviews_synced": 0,
    "requests": 0,
    "prs_failed": 0,
    "errors": [],
    "incomplete": [],
    "drift": [],
    "skipped": [],
}


def test_every_active_repository_is_synced_by_an_instance_of_its_name(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    repositories = on_github("acme/api", "acme/web")
    airflow.track("acme/api", "acme/web")

    run = airflow.sync()

    assert run.state == "success"
    assert run.states == {
        "list_active_repositories": "success",
        "sync_repository[0]": "success",
        "sync_repository[1]": "success",
        "summarize_run": "success",
        "announce_changes": "success",
    }
    assert run.labels["sync_repository[0]"] == "acme/api"
    assert run.labels["sync_repository[1]"] == "acme/web"
    for repository in repositories:
        assert stored(airflow.database, repository) == truth(repository)
        row = airflow.tracked(repository.full_name)
        assert (row["sync_status"], row["last_sync_error"]) == ("complete", None)
        assert BEFORE_START < row["last_sync_at"] <= START


def test_the_results_have_the_documented_keys(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api", "acme/web")
    airflow.add("acme/api", "acme/web")
    left = airflow.world.rate_limit.limit - airflow.world.requests

    run = airflow.sync()

    result = run.of("acme/api", run.results)
    assert BEFORE_START < datetime.fromisoformat(result.pop("last_sync_at")) <= START
    # Nothing says which of the two instances runs first.
    assert result.pop("quota_remaining") in (left - 1, left - 2)
    assert result.pop("api_url") == airflow.server.url
    assert result == {
        "repository": "acme/api",
        "status": "complete",
        "mode": "full",
        "prs_synced": 1,
        "reviews_synced": 1,
        "rows_stored": {"pull_request_labels": 0},
        "refused_fields": {},
        "errors": [],
        "requests": 1,
    }
    assert run.summary == NOTHING | {
        "repos_dispatched": 2,
        "repos_complete": 2,
        "prs_synced": 2,
        "reviews_synced": 2,
        "requests": 2,
    }


def test_each_attempt_is_recorded_with_where_it_ran(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api")
    airflow.add("acme/api")

    first, second = airflow.sync(), airflow.sync()

    attempts = airflow.attempts("acme/api")
    assert [attempt["run_id"] for attempt in attempts] == [first.run_id, second.run_id]
    assert [attempt["mode"] for attempt in attempts] == ["full", "incremental"]
    for attempt in attempts:
        expected = {"status": "complete", "map_index": 0, "try_number": 1, "error_message": None}
        assert {key: attempt[key] for key in expected} == expected
        assert "sync_github_repositories" in attempt["log_url"]
        assert attempt["started_at"] <= attempt["finished_at"]


def test_before_anything_is_tracked_a_run_succeeds_and_says_how_to_begin(airflow: Airflow) -> None:
    run = airflow.sync()

    assert run.state == "success"
    assert run.summary == NOTHING
    assert "Nothing is tracked yet" in run.log
    assert "track_github_repositories" in run.log
    assert airflow.database.rows("select * from github.tracked_repositories") == []


def test_with_everything_paused_a_run_succeeds_and_says_so(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "acme/web")
    airflow.add("acme/api", "acme/web")
    airflow.pause("acme/api", "acme/web")

    run = airflow.sync()

    assert run.state == "success"
    assert "No active repositories: all 2 are paused" in run.log
    assert (run.summary["repos_dispatched"], run.summary["repos_skipped"]) == (0, 2)
    assert airflow.attempts("acme/api") == []


def test_named_repositories_alone_are_synced_whatever_the_case_and_once(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "acme/web", "acme/docs")
    airflow.add("acme/api", "acme/web", "acme/docs")
    airflow.pause("acme/docs")

    run = airflow.sync(repositories=["ACME/Web", "acme/web", " acme/WEB", "acme/Docs"])

    assert run.state == "success"
    assert run.labels["sync_repository[0]"] == "acme/web"
    assert (run.summary["repos_dispatched"], run.summary["repos_skipped"]) == (1, 1)
    assert run.summary["skipped"] == [{"repository": "acme/docs", "reason": "It is paused."}]
    assert "acme/web" in next(line for line in run.log.splitlines() if "more than once" in line)
    assert [len(airflow.attempts(name)) for name in ("acme/api", "acme/web", "acme/docs")] == [
        0,
        1,
        0,
    ]


@pytest.mark.parametrize(("full_resync", "mode"), [(True, "full"), (False, "incremental")])
def test_a_full_resync_reads_the_whole_history_again(
    full_resync: bool, mode: str, world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    [api] = on_github("acme/api")
    airflow.add("acme/api")
    world.clock.advance(24 * 3600)  # beyond the overlap
    airflow.sync()
    airflow.database.rows("update github.pull_requests set title = 'not what GitHub has'")

    run = airflow.sync(full_resync=full_resync)

    assert run.of("acme/api", run.results)["mode"] == mode
    assert (stored(airflow.database, api) == truth(api)) is full_resync


def test_an_instance_steps_aside_from_what_was_paused_or_removed_meanwhile(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "acme/web")
    airflow.add("acme/api", "acme/web")
    run = airflow.begin()
    run.run_task("list_active_repositories")
    airflow.pause("acme/api")
    airflow.database.rows("delete from github.tracked_repositories where full_name = 'acme/web'")

    for map_index in (0, 1):
        assert run.run_task("sync_repository", map_index) == "success"
    assert run.run_task("announce_changes") == "success"
    assert run.run_task("summarize_run") == "success"

    done = run.read()
    assert done.state == "success"
    assert done.of("acme/api", done.results) == {
        "repository": "acme/api",
        "skipped": True,
        "reason": "It is paused.",
    }
    assert done.of("acme/web", done.results)["reason"] == "It is no longer tracked."
    assert (done.summary["repos_dispatched"], done.summary["repos_skipped"]) == (2, 2)
    assert {one["repository"] for one in done.summary["skipped"]} == {"acme/api", "acme/web"}
    [attempt] = airflow.attempts("acme/api")
    assert (attempt["status"], attempt["error_message"]) == ("skipped", "It is paused.")
    assert airflow.tracked("acme/api")["sync_status"] == "pending"


def test_an_instance_steps_aside_from_what_another_is_syncing(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    repository_id = airflow.tracked("acme/api")["repository_id"]
    with airflow.database.connect() as other:
        other.execute(
            "select pg_advisory_lock(hashtextextended('github.tracked_repositories', %s))",
            [repository_id],
        )
        run = airflow.sync()

    assert run.state == "success"
    result = run.of("acme/api", run.results)
    assert result["skipped"] is True
    assert "Another task is syncing it" in result["reason"]
    assert run.summary["repos_skipped"] == 1
    assert airflow.sync().summary["repos_complete"] == 1
