"""The last of GitHub's quota is left to others who use the same token."""

from __future__ import annotations

import pytest

from github_server import RateLimit, World
from github_sync.errors import RateLimited
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

PAGES = 8


@pytest.fixture
def repository_id(world: World, syncing: Syncing) -> int:
    return syncing.track(with_history(world, pull_requests=100 * PAGES))


def requests_made(world: World) -> int:
    return len(world.request_log)


def test_it_stops_before_the_reserve_and_waits_for_the_reset(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    world.rate_limit = RateLimit(limit=1004, window_seconds=1800)
    quota = next(iter(world.tokens.values())).quota("graphql", world.rate_limit, world.now())
    quota.used = 900

    with pytest.raises(RateLimited, match="GITHUB_SYNC_QUOTA_RESERVE") as caught:
        syncing.sync(repository_id)

    assert (requests_made(world), quota.remaining) == (4, 100)
    assert 1790 < caught.value.retry_after <= 1801
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["prs_synced"]) == ("waiting", 400)
    world.clock.advance(1801)
    assert syncing.sync(repository_id)["prs_synced"] == 400


def test_of_a_small_quota_only_a_tenth_is_reserved(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    world.rate_limit = RateLimit(limit=60)
    quota = next(iter(world.tokens.values())).quota("graphql", world.rate_limit, world.now())
    quota.used = 50

    with pytest.raises(RateLimited):
        syncing.sync(repository_id)

    assert quota.remaining == 6


def test_0_reserves_nothing(world: World, syncing: Syncing, repository_id: int) -> None:
    syncing.settings = syncing.settings.model_copy(update={"quota_reserve": 0})
    world.rate_limit = RateLimit(limit=1000)
    quota = next(iter(world.tokens.values())).quota("graphql", world.rate_limit, world.now())
    quota.used = 1000 - PAGES

    assert syncing.sync(repository_id)["quota_remaining"] == 0


def test_each_attempt_asks_at_least_once(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    """What another has left of the quota it learns by asking; so each attempt stores a page."""
    world.rate_limit = RateLimit(limit=1000)
    quota = next(iter(world.tokens.values())).quota("graphql", world.rate_limit, world.now())
    quota.used = 950
    for stored in (100, 200):
        with pytest.raises(RateLimited):
            syncing.sync(repository_id)
        count = syncing.database.one("select count(*) from github.pull_requests")
        assert count["count"] == stored
