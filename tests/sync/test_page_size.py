"""What is too heavy for GitHub is asked for in halves, and in larger pages again afterwards."""

from __future__ import annotations

import pytest

from github_server import ALWAYS, Fault, World
from github_server import known_faults as known
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history


def page_sizes(world: World) -> list[int]:
    """The page sizes asked for, in order."""
    return [request.variables["pageSize"] for request in world.requests_of("ChangedPullRequests")]


def too_heavy_above(most: int, **answer: object) -> Fault:
    """GitHub manages pages of this many pull requests only."""
    return Fault(
        variables=lambda sent: sent.get("pageSize", 0) > most, times=ALWAYS, **(answer or BAD)
    )


BAD = {"status": 502}
RESOURCE_LIMITS = {
    "type": "RESOURCE_LIMITS_EXCEEDED",
    "message": "Resource limits for this query exceeded.",
}


def test_pages_have_a_hundred(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=101)

    syncing.sync(syncing.track(api))

    assert page_sizes(world) == [100, 100]


def test_a_page_that_fails_is_asked_for_in_halves_and_grows_back(
    world: World, syncing: Syncing
) -> None:
    api = with_history(world, pull_requests=300)
    world.faults.add(known.query_timeout(times=2))

    result = syncing.sync(syncing.track(api))

    # What was too much is tried again after a while; from then on each page that works doubles it.
    assert page_sizes(world) == [100, 50, *[25] * 5, 50, 100, 100]
    assert result["requests"] == 10
    syncing.assert_equal(api)


@pytest.mark.parametrize("most", [60, 10, 1])
def test_a_history_that_github_only_manages_in_small_pages(
    world: World, syncing: Syncing, most: int
) -> None:
    """The job this replaces had to go from 25 to 10 at once."""
    api = with_history(world, pull_requests=40, reviews=1)
    world.faults.add(too_heavy_above(most))

    syncing.sync(syncing.track(api))

    syncing.assert_equal(api)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 502},
        {"status": 504},
        {"graphql_errors": [{"message": known.TIMEOUT_MESSAGE}]},
        {"graphql_errors": [RESOURCE_LIMITS]},
    ],
    ids=["502", "504", "something went wrong", "resource limits"],
)
def test_every_way_of_saying_too_heavy(
    world: World, syncing: Syncing, answer: dict[str, object]
) -> None:
    api = with_history(world, pull_requests=60)
    world.faults.add(too_heavy_above(30, **answer))

    syncing.sync(syncing.track(api))

    assert page_sizes(world)[:3] == [100, 50, 25]
    syncing.assert_equal(api)


def test_a_page_of_which_github_serves_only_a_part(world: World, syncing: Syncing) -> None:
    """https://github.blog/changelog/2025-09-01-graphql-api-resource-limits"""
    api = with_history(world, pull_requests=60)
    beyond = dict.fromkeys(range(31, 61), RESOURCE_LIMITS)
    world.faults.add(Fault(variables=lambda sent: sent.get("pageSize", 0) > 30, null_nodes=beyond))
    repository_id = syncing.track(api)

    result = syncing.sync(repository_id)

    assert result["errors"] == []
    syncing.assert_equal(api)


def test_failed_ones_are_asked_for_in_halves_too(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=60)
    repository_id = syncing.track(api)
    nulls = world.faults.add(Fault(null_nodes=dict.fromkeys(range(1, 61), "Internal error")))
    assert len(syncing.sync(repository_id)["errors"]) == 60
    world.faults.remove(nulls)
    world.faults.add(
        Fault(variables=lambda sent: len(sent.get("ids", ())) > 30, **BAD, times=ALWAYS)
    )

    syncing.sync(repository_id)

    syncing.assert_equal(api)


def test_an_outage_is_not_tried_once_for_each_failed_one(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=60)
    repository_id = syncing.track(api)
    nulls = world.faults.add(Fault(null_nodes=dict.fromkeys(range(1, 61), "Internal error")))
    syncing.sync(repository_id)
    world.faults.remove(nulls)
    away = world.faults.add(Fault(operation="PullRequestsById", times=ALWAYS, **BAD))

    for _ in range(2):
        world.clock.advance(DAY)
        syncing.sync(repository_id)
        assert 0 < away.times_used < 40
        away.times_used = 0

    tried = syncing.database.rows("select number from github.sync_failures where tries > 1")
    assert len(tried) == 6, "three each time, and other ones"


def test_the_size_is_remembered_and_doubled_by_each_sync(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=40)
    repository_id = syncing.track(api)
    world.faults.add(Fault(status=502, times=3))
    sizes = []
    for _ in range(4):
        syncing.sync(repository_id, full_resync=True)
        sizes.append((page_sizes(world)[0], syncing.tracked(repository_id)["page_size"]))
        world.request_log.clear()

    # Four pages of 12; then 24 worked, and 40 were left for one page.
    assert sizes == [(100, 12), (24, 48), (96, 96), (100, 100)]


def test_a_larger_page_than_allowed_is_never_asked_for(world: World, syncing: Syncing) -> None:
    syncing.settings = syncing.settings.model_copy(update={"page_size": 30})
    api = with_history(world, pull_requests=100)

    syncing.sync(syncing.track(api))

    assert page_sizes(world) == [30, 30, 30, 30]
    syncing.assert_equal(api)
