"""A part of the history read again: what was updated since a moment, and never less than is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from github_server import Fault, Repository, World
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history

DAMAGE = "update github.pull_requests set title = 'damaged'"


@pytest.fixture
def api(world: World) -> Repository:
    """Ten pull requests, one a day, the last one yesterday."""
    repository = world.repository("acme/api")
    for number in range(10):
        repository.pull_request(f"feat: {number}", author=world.user("alice"))
        world.clock.advance(DAY)
    return repository


def damaged(syncing: Syncing) -> list[int]:
    rows = syncing.database.rows(
        "select number from github.pull_requests where title = 'damaged' order by number"
    )
    return [row["number"] for row in rows]


def test_only_what_was_updated_since_is_read_again(
    world: World, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    before = syncing.tracked(repository_id)["last_sync_at"]
    syncing.database.rows(DAMAGE)
    world.clock.advance(DAY)

    since = world.now() - timedelta(days=4, hours=1)
    result = syncing.sync(repository_id, since=since)

    assert (result["mode"], result["prs_synced"]) == ("incremental", 3)
    assert damaged(syncing) == [1, 2, 3, 4, 5, 6, 7]
    assert syncing.tracked(repository_id)["last_sync_at"] > before


def test_never_less_than_is_due(world: World, syncing: Syncing, api: Repository) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    api.pull_request("feat: unseen")
    world.clock.advance(DAY)

    result = syncing.sync(repository_id, since=world.now() - timedelta(minutes=1))

    assert result["prs_synced"] == 1
    syncing.assert_equal(api)


def test_the_first_sync_is_full_all_the_same(
    world: World, syncing: Syncing, api: Repository
) -> None:
    result = syncing.sync(syncing.track(api), since=world.now() - timedelta(days=2))

    assert (result["mode"], result["prs_synced"]) == ("full", 10)
    syncing.assert_equal(api)


def test_what_an_unfinished_sync_has_not_read_is_read(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=250)
    repository_id = syncing.track(api)
    world.faults.add(Fault(status=401, skip=1, times=2))
    with pytest.raises(Exception, match="credentials"):
        syncing.sync(repository_id)

    result = syncing.sync(repository_id, run_id="another", since=world.now())

    assert result["mode"] == "full"
    syncing.assert_equal(api)


def test_interrupted_the_same_run_goes_on(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=250)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    syncing.settings = syncing.settings.model_copy(update={"page_size": 100})
    world.faults.add(Fault(status=401, skip=1, times=2))
    since = world.now() - timedelta(days=3650)
    with pytest.raises(Exception, match="credentials"):
        syncing.sync(repository_id, run_id="again", since=since)

    result = syncing.sync(repository_id, run_id="again", since=since)

    assert (result["mode"], result["prs_synced"]) == ("incremental", 150)
    syncing.assert_equal(api)
