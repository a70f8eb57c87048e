"""The session that holds a repository's lock ends while GitHub is asked: it stops writing."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import Fault, PullRequest, Repository, World
from github_server import known_faults as known
from github_sync.errors import SyncError, WarehouseUnavailable
from tests.fixtures.syncing import Syncing
from tests.postgres_faults.attempts import row_versions
from tests.sync.histories import DAY, newest, with_history

OPERATIONS = ("ChangedPullRequests", "MoreReviews", "PullRequestsById", "ExistingReviews")


@pytest.fixture
def api(world: World) -> Repository:
    """Two pages, and after its first sync something for every operation to do."""
    return with_history(world, pull_requests=150, reviews=2)


def let_all_be_asked(syncing: Syncing, api: Repository, repository_id: int) -> None:
    """One failed pull request, one deleted review, one with many reviews."""
    failing, losing, busy = newest(api, 3)
    fault = syncing.world.faults.add(Fault(null_nodes={failing.number: "Something went wrong"}))
    syncing.sync(repository_id)
    syncing.world.faults.remove(fault)
    syncing.world.clock.advance(DAY)
    losing.delete_review(losing.reviews[0])
    losing.update(title="fix: with a review less")
    reviewed_often(syncing.world, busy)


def reviewed_often(world: World, pull_request: PullRequest) -> None:
    for _ in range(120):
        pull_request.submit_review(world.user("carol"), "COMMENTED")


def test_a_session_may_idle_while_github_takes_its_time(
    world: World, syncing: Syncing, api: Repository
) -> None:
    """A database's idle_session_timeout would end it, and the lock with it."""
    repository_id = syncing.track(api)
    name = syncing.database.name
    syncing.database.rows(f"alter database {name} set idle_session_timeout = '500ms'")
    world.faults.add(Fault(delay_seconds=1.5, skip=1, times=1))

    assert syncing.sync(repository_id)["prs_synced"] == 150
    syncing.assert_equal(api)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_is_written_without_the_lock(
    operation: str, world: World, syncing: Syncing, api: Repository
) -> None:
    """Another task takes the repository meanwhile; the one that lost it neither writes nor errs."""
    repository_id = syncing.track(api)
    let_all_be_asked(syncing, api, repository_id)
    seen: dict[str, Any] = {}

    def lose_the_session() -> None:
        end_sessions(syncing)
        other = syncing.sync(repository_id)
        assert other["status"] == "complete"
        seen.update(rows=row_versions(syncing.database), repository=syncing.tracked(repository_id))

    world.faults.add(Fault(operation=operation, before_answer=lose_the_session, times=1))
    with pytest.raises(WarehouseUnavailable):
        syncing.sync(repository_id)

    assert row_versions(syncing.database) == seen["rows"]
    assert syncing.tracked(repository_id) == seen["repository"]
    _, lost, other = syncing.attempts(repository_id)
    assert (lost["status"], other["status"]) == ("error", "complete")
    syncing.assert_equal(api)


def test_no_transaction_is_open_while_github_is_asked(
    world: World, syncing: Syncing, api: Repository
) -> None:
    """So no idle_in_transaction_session_timeout, however short, ends the session meanwhile."""
    repository_id = syncing.track(api)
    let_all_be_asked(syncing, api, repository_id)
    states: list[dict[str, Any]] = []
    world.request_log.clear()
    world.faults.add(Fault(before_answer=lambda: states.extend(sessions(syncing)), times=100))

    syncing.sync(repository_id)

    assert {one.operation for one in world.request_log} >= set(OPERATIONS)
    assert len(states) == len(world.request_log)
    assert {session["state"] for session in states} == {"idle"}


def sessions(syncing: Syncing) -> list[dict[str, Any]]:
    return syncing.database.rows(
        "select state from pg_stat_activity "
        "where datname = current_database() and pid != pg_backend_pid()"
    )


def end_sessions(syncing: Syncing) -> None:
    syncing.database.rows(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
        "where datname = current_database() and pid != pg_backend_pid()"
    )


def test_a_spent_quota_is_recorded_though_the_session_is_lost(
    world: World, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    world.faults.add(known.secondary_limit(skip=1, before_answer=lambda: end_sessions(syncing)))

    with pytest.raises(SyncError):
        syncing.sync(repository_id)

    [attempt] = syncing.attempts(repository_id)
    assert attempt["status"] in ("waiting", "error")
    assert "acme/api" in attempt["error_message"]
