"""A sync that must not run says why, and leaves the repository as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from github_server import Fault, Repository, World
from github_sync.resources import read_sql
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history

PAUSED = "It is paused."
BUSY = "Another task is syncing it at this moment."


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=150)


@pytest.fixture
def session(syncing: Syncing) -> Iterator[psycopg.Connection[Any]]:
    """Another task's connection to Postgres."""
    with syncing.database.connect() as connection:
        yield connection


def lock(session: psycopg.Connection[Any], repository_id: int) -> bool:
    """Take the repository as another task would; whether that worked."""
    row = session.execute(
        read_sql("sync/lock_repository"), {"repository_id": repository_id}
    ).fetchone()
    session.commit()
    return bool(row and row[0])


def test_a_paused_repository(world: World, syncing: Syncing, api: Repository) -> None:
    repository_id = syncing.track(api, is_active=False)
    before = syncing.tracked(repository_id)

    result = syncing.sync(repository_id)

    assert result == {"repository": "acme/api", "skipped": True, "reason": PAUSED}
    assert world.requests == 0
    assert syncing.tracked(repository_id) == before
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_message"]) == ("skipped", PAUSED)
    assert attempt["finished_at"] is not None
    assert (attempt["error_class"], attempt["is_final"], attempt["requests"]) == (None, False, 0)


def test_a_paused_repository_keeps_its_error(syncing: Syncing, api: Repository) -> None:
    repository_id = syncing.track(
        api, is_active=False, sync_status="error", last_sync_error="It broke."
    )

    syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["last_sync_error"]) == ("error", "It broke.")


def test_a_repository_that_is_no_longer_tracked(world: World, syncing: Syncing) -> None:
    result = syncing.sync(4711)

    assert result["skipped"] is True
    assert result["reason"] == "It is no longer tracked."
    assert world.requests == 0


def test_a_repository_that_another_session_holds(
    world: World, syncing: Syncing, api: Repository, session: psycopg.Connection[Any]
) -> None:
    repository_id = syncing.track(api, sync_status="syncing")
    assert lock(session, repository_id)
    before = syncing.tracked(repository_id)

    result = syncing.sync(repository_id)

    assert result == {"repository": "acme/api", "skipped": True, "reason": BUSY}
    assert world.requests == 0
    assert syncing.tracked(repository_id) == before
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_message"]) == ("skipped", BUSY)


def test_the_lock_dies_with_its_holder(
    syncing: Syncing, api: Repository, session: psycopg.Connection[Any]
) -> None:
    repository_id = syncing.track(api)
    assert lock(session, repository_id)
    holder = session.info.backend_pid
    syncing.database.rows("select pg_terminate_backend(%(pid)s, 5000)", pid=holder)

    assert syncing.sync(repository_id)["prs_synced"] == 150
    syncing.assert_equal(api)


def test_a_sync_holds_the_lock_from_beginning_to_end(
    world: World, syncing: Syncing, api: Repository, session: psycopg.Connection[Any]
) -> None:
    repository_id = syncing.track(api)
    was_free: list[bool] = []
    look = Fault(before_answer=lambda: was_free.append(lock(session, repository_id)), times=2)
    world.faults.add(look)

    syncing.sync(repository_id)

    assert was_free == [False, False]
    assert lock(session, repository_id)


def test_other_repositories_are_not_locked(
    world: World, syncing: Syncing, api: Repository, session: psycopg.Connection[Any]
) -> None:
    web = with_history(world, "acme/web")
    assert lock(session, syncing.track(api))

    syncing.sync(syncing.track(web))

    syncing.assert_equal(web)


def test_a_failed_sync_gives_the_lock_back(
    world: World, syncing: Syncing, session: psycopg.Connection[Any]
) -> None:
    repository_id = syncing.track("acme/nowhere")
    with pytest.raises(Exception, match="acme/nowhere"):
        syncing.sync(repository_id)

    assert lock(session, repository_id)


def test_a_second_sync_of_the_same_repository_steps_aside(
    world: World, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    meanwhile: list[dict[str, Any]] = []
    world.faults.add(
        Fault(before_answer=lambda: meanwhile.append(syncing.sync(repository_id)), times=1)
    )

    result = syncing.sync(repository_id)

    assert meanwhile == [{"repository": "acme/api", "skipped": True, "reason": BUSY}]
    assert result["prs_synced"] == 150
    assert syncing.tracked(repository_id)["sync_status"] == "complete"
    statuses = [attempt["status"] for attempt in syncing.attempts(repository_id)]
    assert statuses == ["complete", "skipped"]


@pytest.mark.parametrize("is_finished", [True, False], ids=["a sync that works", "one that fails"])
def test_pausing_during_a_sync_stays(
    world: World, syncing: Syncing, api: Repository, is_finished: bool
) -> None:
    repository_id = syncing.track(api)

    def pause() -> None:
        syncing.database.rows(
            "update github.tracked_repositories set is_active = false, github_conn_id = 'theirs'"
        )

    world.faults.add(Fault(before_answer=pause, skip=1, times=1))
    if not is_finished:
        world.faults.add(Fault(status=401, skip=1, times=2))
        with pytest.raises(Exception, match="credentials"):
            syncing.sync(repository_id)
    else:
        syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["is_active"], row["github_conn_id"]) == (False, "theirs")
    assert row["sync_status"] == ("complete" if is_finished else "error")
    assert syncing.sync(repository_id)["reason"] == PAUSED


def test_what_was_paused_goes_on_where_it_was(
    world: World, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    syncing.database.rows("update github.tracked_repositories set is_active = false")
    world.clock.advance(DAY)
    api.pull_request("opened while paused")
    syncing.sync(repository_id)
    syncing.database.rows("update github.tracked_repositories set is_active = true")

    result = syncing.sync(repository_id)

    assert (result["mode"], result["prs_synced"]) == ("incremental", 1)
    syncing.assert_equal(api)
