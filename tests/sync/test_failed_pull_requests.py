"""A pull request that cannot be stored goes into sync_failures, and is tried again by each sync."""

from __future__ import annotations

import pytest

from github_server import Fault, Repository, World
from tests.fixtures.syncing import Syncing
from tests.sync.failures import assert_all_but, fail, recorded_failures
from tests.sync.histories import DAY, newest, with_history


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=120, reviews=1)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return syncing.track(api)


def test_one_that_github_cannot_serve(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    [bad] = newest(api, 1)
    fail(world, bad.number)

    result = syncing.sync(repository_id)

    assert_all_but(syncing, bad)
    assert result["errors"] == [{"number": bad.number, "error": "Something went wrong"}]
    assert result["prs_synced"] == 119
    [entry] = recorded_failures(syncing)
    assert entry["repository_id"] == repository_id
    assert (entry["number"], entry["github_pr_id"]) == (bad.number, bad.database_id)
    assert (entry["error"], entry["tries"]) == ("Something went wrong", 1)
    row = syncing.tracked(repository_id)
    assert row["sync_status"] == "complete"
    assert row["last_sync_at"] is not None
    assert f"#{bad.number}" in row["last_sync_error"]
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_class"]) == ("complete", None)
    assert attempt["error_message"] == row["last_sync_error"]


def test_it_is_stored_by_the_next_sync_that_can(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """Though it is far behind the watermark by then."""
    fault = fail(world, newest(api, 110)[-1].number)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    world.faults.remove(fault)

    result = syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert (result["errors"], result["prs_synced"], result["requests"]) == ([], 1, 2)
    assert recorded_failures(syncing) == []
    assert syncing.tracked(repository_id)["last_sync_error"] is None


def test_tries_are_counted_once_a_sync(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    [bad] = newest(api, 1)
    fault = fail(world, bad.number)
    syncing.sync(repository_id)
    [first] = recorded_failures(syncing)
    for _ in range(2):
        world.clock.advance(DAY)
        syncing.sync(repository_id)
    world.faults.remove(fault)
    fail(world, bad.number, why="Another reason")
    syncing.sync(repository_id, full_resync=True)

    [last] = recorded_failures(syncing)
    assert (first["tries"], last["tries"]) == (1, 4)
    assert last["error"] == "Another reason"
    assert last["first_failed_at"] == first["first_failed_at"] < last["last_failed_at"]


def test_more_than_a_hundred_of_them(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    fault = fail(world, *api.pull_requests)
    result = syncing.sync(repository_id)
    assert (len(result["errors"]), result["prs_synced"]) == (120, 0)
    message = syncing.tracked(repository_id)["last_sync_error"]
    assert "with 120 failures" in message
    assert len(message) < 1000
    world.faults.remove(fault)

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert recorded_failures(syncing) == []


def test_one_that_was_stored_before_keeps_its_old_row(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    [bad] = newest(api, 1)
    bad.update(title="newer")
    fail(world, bad.number)

    syncing.sync(repository_id)

    rows = syncing.database.rows("select title from github.pull_requests where title = 'newer'")
    assert rows == []
    assert [entry["number"] for entry in recorded_failures(syncing)] == [bad.number]


@pytest.mark.parametrize("was_stored", [True, False])
def test_one_that_github_deletes_leaves_the_ledger(
    world: World, syncing: Syncing, api: Repository, repository_id: int, was_stored: bool
) -> None:
    [bad] = newest(api, 1)
    if was_stored:
        syncing.sync(repository_id)
        world.clock.advance(DAY)
        bad.update()
    fail(world, bad.number)
    syncing.sync(repository_id)
    api.delete_pull_request(bad)

    result = syncing.sync(repository_id)

    assert result["errors"] == recorded_failures(syncing) == []
    syncing.assert_equal(api)
    deleted = syncing.database.rows(
        "select number from github.pull_requests where deleted_at is not null"
    )
    assert deleted == ([{"number": bad.number}] if was_stored else [])


def test_failures_of_a_page_that_is_not_stored_are_not_noted(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """They are in the page's transaction."""
    fail(world, newest(api, 1)[0].number)
    world.faults.add(Fault(before_answer=lambda: drop_sessions(syncing), times=1))

    with pytest.raises(Exception, match="Postgres"):
        syncing.sync(repository_id)

    assert recorded_failures(syncing) == []


def drop_sessions(syncing: Syncing) -> None:
    syncing.database.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid != pg_backend_pid()"
    )
