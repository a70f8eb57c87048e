"""When a waiting instance goes on: spread, doubled where GitHub does not say, by a shared clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from github_server import Fault, World
from github_server import known_faults as known
from github_sync.errors import RateLimited
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history


@pytest.fixture
def repository_id(world: World, syncing: Syncing) -> int:
    return syncing.track(with_history(world, pull_requests=3))


def wait(syncing: Syncing, repository_id: int, fault: Fault, **order: int) -> float:
    """Seconds that the instance is to wait, by the table's word."""
    syncing.world.faults.add(fault)
    with pytest.raises(RateLimited) as caught:
        syncing.sync(repository_id, run_id="one run", **order)
    row = syncing.database.one(
        "select resumes_at, finished_at from github.sync_attempts order by attempt_id desc limit 1"
    )
    assert row["resumes_at"] == caught.value.resumes_at
    return round((row["resumes_at"] - row["finished_at"]).total_seconds())


def test_it_is_spread_by_repository(syncing: Syncing, repository_id: int) -> None:
    waits = [
        wait(syncing, repository_id, known.secondary_limit(retry_after=90), map_index=index)
        for index in (0, 1, 2, 17, 18)
    ]
    assert waits == [90, 97, 104, 209, 96], "two minutes are enough"


def test_a_wait_that_github_does_not_name_doubles(syncing: Syncing, repository_id: int) -> None:
    waits = [
        wait(syncing, repository_id, known.secondary_limit(retry_after=None)) for _ in range(4)
    ]
    assert waits == [60, 120, 240, 480]


def test_one_that_github_names_does_not(syncing: Syncing, repository_id: int) -> None:
    waits = [wait(syncing, repository_id, known.secondary_limit(retry_after=30)) for _ in range(3)]
    assert waits == [30, 30, 30]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_workers_wrong_clock_changes_nothing(
    world: World, syncing: Syncing, repository_id: int, hours: int
) -> None:
    before = syncing.database.one("select now() as clock")["clock"]
    wrong = before + timedelta(hours=hours)

    with time_machine.travel(wrong, tick=True):
        waited = wait(syncing, repository_id, known.secondary_limit(retry_after=30))
        syncing.sync(repository_id)

    assert waited == 30
    attempts = syncing.attempts(repository_id)
    assert abs(attempts[0]["resumes_at"] - before) < timedelta(minutes=2)
    assert abs(syncing.last_sync_at(repository_id) - world.now()) < timedelta(seconds=5)
    syncing.assert_equal(world.repositories["acme/api"])
