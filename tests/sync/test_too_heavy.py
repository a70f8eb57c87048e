"""A pull request that is too heavy for GitHub even alone is left out, by name; the rest goes on."""

from __future__ import annotations

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_server import known_faults as known
from github_sync.api.page_size import MOST_SET_ASIDE
from github_sync.errors import GitHubUnavailable
from tests.fixtures.syncing import Syncing
from tests.sync.failures import assert_all_but, recorded_failures
from tests.sync.histories import outage, with_history


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=120, reviews=1)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return syncing.track(api)


@pytest.mark.parametrize("numbers", [(7,), (1,), (120,), (7, 8), (7, 60, 61)])
def test_it_is_recorded_as_failed_and_the_others_are_stored(
    world: World, syncing: Syncing, api: Repository, repository_id: int, numbers: tuple[int, ...]
) -> None:
    heavy = world.faults.add(known.too_heavy(*numbers))

    result = syncing.sync(repository_id)

    assert_all_but(syncing, *(api.pull_requests[number] for number in numbers))
    assert [entry["number"] for entry in recorded_failures(syncing)] == sorted(numbers)
    assert {"HTTP 502" in entry["error"] for entry in recorded_failures(syncing)} == {True}
    count = len(numbers)
    assert result["status"] == f"complete with {count} failure{'s' if count > 1 else ''}"
    assert syncing.tracked(repository_id)["prs_failed"] == count

    world.faults.remove(heavy)
    assert syncing.sync(repository_id)["status"] == "complete"
    assert recorded_failures(syncing) == []
    syncing.assert_equal(api)


def test_the_others_go_on_in_large_pages_again(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    world.faults.add(known.too_heavy(7))

    syncing.sync(repository_id)

    sizes = [one.variables["pageSize"] for one in world.requests_of("ChangedPullRequests")]
    assert sizes[:8] == [100, 50, 25, 12, 6, 6, 3, 1], "six before it; then halves down to it"
    assert min(sizes) == 1
    assert sizes[-1] >= 64
    assert len(world.request_log) < 40


def test_too_many_in_a_row_are_githubs_weakness(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """Each attempt gets a little further all the same."""
    heavy = world.faults.add(known.too_heavy(*range(11, 11 + MOST_SET_ASIDE + 2)))

    with pytest.raises(GitHubUnavailable):
        syncing.sync(repository_id)

    numbers = [entry["number"] for entry in recorded_failures(syncing)]
    assert numbers == list(range(11, 11 + MOST_SET_ASIDE))
    stored = syncing.database.one("select count(*) from github.pull_requests")
    assert stored["count"] == 10
    assert syncing.sync(repository_id)["status"] == f"complete with {MOST_SET_ASIDE + 2} failures"
    world.faults.remove(heavy)
    syncing.sync(repository_id)
    syncing.assert_equal(api)


def test_in_an_outage_no_one_is_left_out(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    fault = world.faults.add(outage(ALWAYS))

    with pytest.raises(GitHubUnavailable):
        syncing.sync(repository_id)

    assert recorded_failures(syncing) == []
    world.faults.remove(fault)
    syncing.sync(repository_id)
    syncing.assert_equal(api)


def test_a_connection_that_drops_is_no_heavy_pull_request(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    world.faults.add(Fault(operation="ChangedPullRequests", drop=True, times=ALWAYS))

    with pytest.raises(GitHubUnavailable):
        syncing.sync(repository_id)

    assert recorded_failures(syncing) == []
    assert world.requests_of("IdentifyPullRequests") == []
