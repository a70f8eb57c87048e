"""The rows of sync_attempts tell the truth about each attempt, however it ended."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_sync import errors
from github_sync.api.client import TRIES
from github_sync.sync.repository import sync_repository
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, newest, outage, with_history


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=150, reviews=2)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return syncing.track(api)


def without_times(attempt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attempt.items() if not name.endswith("_at")}


def test_a_complete_one(syncing: Syncing, repository_id: int) -> None:
    before = datetime.now(timezone.utc)

    syncing.sync(
        repository_id,
        run_id="scheduled__2026-03-02",
        map_index=7,
        try_number=3,
        log_url="https://airflow.example/log",
    )

    [attempt] = syncing.attempts(repository_id)
    assert without_times(attempt) == {
        "attempt_id": 1,
        "repository_id": repository_id,
        "run_id": "scheduled__2026-03-02",
        "map_index": 7,
        "try_number": 3,
        "mode": "full",
        "status": "complete",
        "is_final": False,
        "prs_synced": 150,
        "reviews_synced": 300,
        "rows_stored": {"pull_request_labels": 0},
        "requests": 2,
        "quota_remaining": 4998,
        "error_class": None,
        "error_message": None,
        "log_url": "https://airflow.example/log",
    }
    assert before <= attempt["started_at"] <= attempt["finished_at"] <= datetime.now(timezone.utc)
    assert attempt["reported_at"] is None


def test_an_incremental_one_counts_what_it_did_itself(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    newest(api, 1)[0].submit_review(world.user("carol"))

    result = syncing.sync(repository_id)

    _, attempt = syncing.attempts(repository_id)
    for name in ("mode", "prs_synced", "reviews_synced", "requests", "quota_remaining"):
        assert attempt[name] == result[name]
    assert (attempt["mode"], attempt["prs_synced"], attempt["reviews_synced"]) == (
        "incremental",
        1,
        3,
    )


def test_while_it_runs(world: World, syncing: Syncing, repository_id: int) -> None:
    seen: list[dict[str, Any]] = []
    look = Fault(
        before_answer=lambda: seen.extend(syncing.attempts(repository_id)), skip=1, times=1
    )
    world.faults.add(look)
    world.faults.add(
        Fault(before_answer=lambda: seen.append(syncing.tracked(repository_id)), skip=1, times=1)
    )

    syncing.sync(repository_id)

    attempt, row = seen
    assert (attempt["status"], attempt["finished_at"]) == ("running", None)
    assert (attempt["mode"], attempt["prs_synced"], attempt["requests"]) == ("full", 100, 1)
    assert row["sync_status"] == "syncing"


def test_retried_requests_count(world: World, syncing: Syncing, repository_id: int) -> None:
    world.faults.add(outage(times=2, skip=1))

    result = syncing.sync(repository_id)

    [attempt] = syncing.attempts(repository_id)
    assert attempt["requests"] == result["requests"] == world.requests


@pytest.mark.parametrize("is_last_try", [True, False])
def test_a_failed_one_keeps_what_it_stored(
    world: World, syncing: Syncing, repository_id: int, is_last_try: bool
) -> None:
    world.faults.add(Fault(drop=True, skip=1, times=ALWAYS))

    with pytest.raises(errors.GitHubUnavailable) as caught:
        syncing.sync(repository_id, is_last_try=is_last_try)

    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["is_final"]) == ("error", is_last_try)
    assert (attempt["prs_synced"], attempt["reviews_synced"]) == (100, 200)
    assert attempt["requests"] == world.requests > TRIES
    assert (attempt["error_class"], attempt["error_message"]) == (
        "GitHubUnavailable",
        str(caught.value),
    )
    assert attempt["finished_at"] is not None
    row = syncing.tracked(repository_id)
    assert row["sync_status"] == ("error" if is_last_try else "syncing")
    assert row["last_sync_error"] == (str(caught.value) if is_last_try else None)


def test_an_error_of_no_ones(syncing: Syncing, repository_id: int) -> None:
    def open_github(_: object) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sync_repository(
            syncing.job(repository_id), syncing.database.warehouse, open_github, syncing.settings
        )

    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_class"]) == ("error", "ZeroDivisionError")
    assert attempt["error_message"] == "acme/api: ZeroDivisionError: no message"
    assert (attempt["requests"], attempt["mode"]) == (0, None)


@pytest.mark.parametrize("text", ["a NUL \x00 here", "half \ud800 of it", "long " * 200_000])
def test_an_error_in_odd_words(
    world: World, syncing: Syncing, repository_id: int, text: str
) -> None:
    world.faults.add(Fault(graphql_errors=[{"type": "FORBIDDEN", "message": text}]))

    with pytest.raises(errors.AccessDenied):
        syncing.sync(repository_id)

    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_class"]) == ("error", "AccessDenied")
    assert len(attempt["error_message"]) < 10_000
    assert syncing.tracked(repository_id)["sync_status"] == "error"


def test_an_earlier_error_stays_until_there_is_news(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    refused = world.faults.add(Fault(status=401, times=ALWAYS))
    with pytest.raises(errors.BadCredentials):
        syncing.sync(repository_id)
    world.faults.remove(refused)
    first = syncing.tracked(repository_id)["last_sync_error"]
    world.faults.add(outage(ALWAYS))
    with pytest.raises(errors.GitHubUnavailable):
        syncing.sync(repository_id, is_last_try=False)
    assert syncing.tracked(repository_id)["last_sync_error"] == first
    world.faults.clear()

    syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["last_sync_error"]) == ("complete", None)


def test_a_late_failure_does_not_undo_a_later_success(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """Its session was ended while it waited for GitHub; another task took over, and finished."""

    def take_over() -> None:
        syncing.database.rows(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid != pg_backend_pid()"
        )
        syncing.sync(repository_id)

    world.faults.add(Fault(before_answer=take_over, skip=1, times=1))
    with pytest.raises(errors.WarehouseUnavailable):
        syncing.sync(repository_id)

    late, later = syncing.attempts(repository_id)
    assert (late["status"], later["status"]) == ("error", "complete")
    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["last_sync_error"]) == ("complete", None)
    syncing.assert_equal(api)
