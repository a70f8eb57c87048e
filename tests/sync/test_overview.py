"""Each repository's state in one word, as repository_overview and the page show it."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import ALWAYS, Fault, World
from github_sync.errors import SyncError
from tests.fixtures.syncing import Syncing
from tests.sync.failures import fail
from tests.sync.histories import with_history


@pytest.fixture
def repository_id(world: World, syncing: Syncing) -> int:
    return syncing.track(with_history(world, pull_requests=2))


def test_never_synced_then_complete_then_paused(syncing: Syncing, repository_id: int) -> None:
    assert syncing.state(repository_id) == "never_synced"
    syncing.sync(repository_id)
    assert syncing.state(repository_id) == "complete"
    syncing.database.rows("update github.tracked_repositories set is_active = false")
    assert syncing.state(repository_id) == "paused"


def test_syncing_while_somebody_does(world: World, syncing: Syncing, repository_id: int) -> None:
    states: list[str] = []
    seen = Fault(before_answer=lambda: states.append(syncing.state(repository_id)), times=1)
    world.faults.add(seen)

    syncing.sync(repository_id)

    assert states == ["syncing"]
    assert syncing.state(repository_id) == "complete"


def test_retrying_until_the_last_try_then_failing(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    world.faults.add(Fault(status=502, times=ALWAYS))

    for is_last_try, state in ((False, "retrying"), (True, "failing")):
        with pytest.raises(SyncError):
            syncing.sync(repository_id, is_last_try=is_last_try)
        assert syncing.state(repository_id) == state

    world.faults.clear()
    syncing.sync(repository_id)
    assert syncing.state(repository_id) == "complete"


def test_clearable_as_long_as_its_place_in_the_run_is_its_own(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    """If it is made again, a run's list may give the position to another repository."""
    another = syncing.track(with_history(world, "acme/another"))
    world.faults.add(Fault(status=401, times=2))
    with pytest.raises(SyncError):
        syncing.sync(repository_id, run_id="a run", map_index=0)
    assert overview(syncing, repository_id)["is_clearable"]

    syncing.sync(another, run_id="a run", map_index=0)

    assert syncing.state(repository_id) == "failing"
    assert not overview(syncing, repository_id)["is_clearable"]
    assert not overview(syncing, another)["is_clearable"]


def overview(syncing: Syncing, repository_id: int) -> dict[str, Any]:
    sql = "select * from github.repository_overview where repository_id = %(id)s"
    return syncing.database.one(sql, id=repository_id)


def test_waiting_for_the_rate_limit(world: World, syncing: Syncing, repository_id: int) -> None:
    world.faults.add(Fault(status=429, headers={"retry-after": "60"}, times=1))

    with pytest.raises(SyncError):
        syncing.sync(repository_id)

    assert syncing.state(repository_id) == "waiting"


def test_incomplete_with_holes_or_other_numbers_than_githubs(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    fault = fail(world, 1)
    syncing.sync(repository_id)
    assert syncing.state(repository_id) == "incomplete", "one could not be served"

    world.faults.remove(fault)
    syncing.sync(repository_id)
    assert syncing.state(repository_id) == "complete"

    syncing.database.rows("update github.pull_requests set state = 'closed', closed_at = now()")
    syncing.sync(repository_id)
    assert syncing.state(repository_id) == "incomplete", "GitHub counts other numbers"
