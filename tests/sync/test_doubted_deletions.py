"""More rows gone at once than are likely to be deleted: they are kept, and that is reported."""

from __future__ import annotations

from contextlib import suppress

import pytest

from github_server import Repository, World
from github_sync.errors import DeletionsDoubted
from tests.fixtures.syncing import Syncing
from tests.sync.failures import fail, recorded_failures
from tests.sync.histories import DAY, synced_a_day_ago, with_history


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=120, reviews=1)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return synced_a_day_ago(syncing, api)


def marked(syncing: Syncing) -> int:
    sql = "select count(deleted_at) as number from github.pull_requests"
    return int(syncing.database.one(sql)["number"])


def test_many_at_once_are_kept_until_an_operator_says_otherwise(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    before = syncing.last_sync_at(repository_id)
    for number in range(1, 41):
        api.delete_pull_request(api.pull_requests[number])
    api.pull_requests[100].update(title="changed")

    with pytest.raises(DeletionsDoubted, match=r"at least 40 stored pull requests .*40 of 120"):
        syncing.sync(repository_id, full_resync=True)

    tracked = syncing.tracked(repository_id)
    assert marked(syncing) == 0
    assert tracked["sync_status"] == "error"
    assert '{"repositories": ["acme/api"], "accept_deletions": true}' in tracked["last_sync_error"]
    assert tracked["last_sync_at"] > before, "all else is stored"
    assert tracked["prs_stored"] == 120
    with pytest.raises(DeletionsDoubted):
        syncing.sync(repository_id)

    syncing.sync(repository_id, accept_deletions=True)

    assert marked(syncing) == 40
    assert syncing.tracked(repository_id)["last_sync_error"] is None
    syncing.assert_equal(api)


def test_a_share_below_the_setting_is_believed(
    syncing: Syncing, api: Repository, repository_id: int
) -> None:
    for number in range(1, 13):
        api.delete_pull_request(api.pull_requests[number])

    syncing.sync(repository_id, full_resync=True)

    assert marked(syncing) == 12, "a tenth of 120"
    syncing.assert_equal(api)


def test_a_few_are_believed_whatever_their_share(world: World, syncing: Syncing) -> None:
    api = with_history(world, "acme/small", pull_requests=10)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    for number in range(1, 11):
        api.delete_pull_request(api.pull_requests[number])

    syncing.sync(repository_id, full_resync=True)

    assert marked(syncing) == 10


def test_many_failed_ones_that_are_gone_stay_failures(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    fault = fail(world, *range(1, 21))
    for number in range(1, 21):
        api.pull_requests[number].update(title="changed")
    syncing.sync(repository_id)
    world.faults.remove(fault)
    world.clock.advance(DAY)
    for number in range(1, 21):
        api.delete_pull_request(api.pull_requests[number])

    result = syncing.sync(repository_id)

    assert result["status"] == "complete with 20 failures"
    assert "accept_deletions" in result["errors"][0]["error"]
    assert (len(recorded_failures(syncing)), marked(syncing)) == (20, 0)
    assert syncing.sync(repository_id, accept_deletions=True)["status"] == "complete"
    assert (recorded_failures(syncing), marked(syncing)) == ([], 20)


def test_a_few_each_day_add_up(world: World, syncing: Syncing) -> None:
    """GitHub shows the repository, but hides its pull requests: at most ten are marked."""
    api = with_history(world, "acme/hidden", pull_requests=40, reviews=10)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    hidden = dict(api.pull_requests)
    nodes = dict(world.nodes)
    for pull_request in hidden.values():
        api.delete_pull_request(pull_request)
    for _ in range(5):
        world.clock.advance(DAY)
        with suppress(DeletionsDoubted):
            syncing.sync(repository_id)
    assert marked(syncing) <= 10
    assert syncing.tracked(repository_id)["sync_status"] == "error"

    api.pull_requests.update(hidden)
    world.nodes.update(nodes)
    for _ in range(12):
        world.clock.advance(DAY)
        syncing.sync(repository_id)

    assert marked(syncing) == 0, "the daily sample finds them again"
    assert syncing.tracked(repository_id)["last_sync_error"] is None
    syncing.assert_equal(api)
