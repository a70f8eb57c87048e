"""What GitHub no longer has is marked deleted on proof: GitHub, asked by id, does not find it."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import ALWAYS, SAMPLE_TOKEN, Fault, Repository, World
from github_sync.errors import GitHubUnavailable, RepositoryNotFound
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, outage, synced_a_day_ago, with_history

TABLES = {"pull_requests": "number", "pull_request_reviews": "github_review_id"}


def marked(syncing: Syncing, table: str = "pull_requests") -> list[int]:
    key = TABLES[table]
    rows = syncing.database.rows(f"select {key} from github.{table} where deleted_at is not null")
    return sorted(row[key] for row in rows)


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=5, reviews=2)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return synced_a_day_ago(syncing, api)


@pytest.mark.parametrize("full_resync", [True, False])
def test_a_pull_request_and_its_reviews(
    world: World, syncing: Syncing, api: Repository, repository_id: int, full_resync: bool
) -> None:
    """A full resync misses it in the list; the daily check looks it up in passing."""
    gone = api.pull_requests[2]
    reviews = sorted(review.database_id for review in gone.reviews)
    api.delete_pull_request(gone)

    result = syncing.sync(repository_id, full_resync=full_resync)

    assert marked(syncing) == [2]
    assert marked(syncing, "pull_request_reviews") == reviews
    assert result["requests"] == 2, (
        "one page, then once for the pull request: its reviews go with it"
    )
    syncing.assert_equal(api)


def test_a_review_that_went_without_a_trace(
    syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """Its pull request was not touched, so that no list of changes shows it."""
    pull_request = api.pull_requests[3]
    updated_at, gone = pull_request.updated_at, pull_request.reviews[0]
    pull_request.delete_review(gone)
    pull_request.updated_at = updated_at

    syncing.sync(repository_id)

    assert marked(syncing, "pull_request_reviews") == [gone.database_id]
    syncing.assert_equal(api)


def test_what_is_all_there_costs_no_request(syncing: Syncing, repository_id: int) -> None:
    assert syncing.sync(repository_id)["requests"] == 1
    assert marked(syncing) == []


def test_the_daily_check_comes_round_to_all_of_it(world: World, syncing: Syncing) -> None:
    """A hundred ids at a time: 60 pull requests with 3 reviews each take three days."""
    api = with_history(world, "acme/long", pull_requests=60, reviews=3)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    checked: list[int] = []
    for _ in range(4):
        syncing.sync(repository_id)
        checked.append(syncing.tracked(repository_id)["sampled_to_number"])
        world.clock.advance(DAY)
    assert checked == [24, 48, 0, 24]
    sent = [one.variables["sample"] for one in world.requests_of("ChangedPullRequests")[1:4]]
    looked_up = [node_id for ids in sent for node_id in ids]
    everything = {one.id for one in api.pull_requests.values()} | {
        review.id for one in api.pull_requests.values() for review in one.reviews
    }
    assert set(looked_up) == everything


def test_a_pull_request_with_more_reviews_than_are_looked_up_at_once(
    world: World, syncing: Syncing
) -> None:
    api = with_history(world, "acme/busy", pull_requests=1, reviews=150)
    api.pull_request("feat: the next")
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    positions = []
    for _ in range(3):
        world.clock.advance(DAY)
        syncing.sync(repository_id)
        positions.append(syncing.tracked(repository_id)["sampled_to_number"])
    assert positions == [1, 0, 1], "it holds up nothing"


def test_a_resumed_full_resync_does_not_suspect_what_was_read_before(
    world: World, syncing: Syncing
) -> None:
    api = with_history(world, "acme/long", pull_requests=250)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    api.delete_pull_request(api.pull_requests[250])
    fault = world.faults.add(outage(ALWAYS, skip=1))
    with pytest.raises(GitHubUnavailable):
        syncing.sync(repository_id, full_resync=True, run_id="resync")
    world.faults.remove(fault)
    world.request_log.clear()

    syncing.sync(repository_id, full_resync=True, run_id="resync")

    [lookup] = world.requests_of("ExistingPullRequests")
    assert len(lookup.variables["ids"]) == 1, "only the one that no page had"
    assert marked(syncing) == [250]
    syncing.assert_equal(api)


def test_access_that_is_lost_in_between_is_not_a_deletion(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    api.delete_pull_request(api.pull_requests[2])
    token = world.tokens[SAMPLE_TOKEN]

    def lose() -> None:
        token.sees = ()

    world.faults.add(Fault(operation="ExistingPullRequests", before_answer=lose))

    with pytest.raises(RepositoryNotFound):
        syncing.sync(repository_id, full_resync=True)

    assert marked(syncing) == marked(syncing, "pull_request_reviews") == []
    token.sees = None
    syncing.sync(repository_id)
    assert marked(syncing) == [2]
    syncing.assert_equal(api)


def test_access_that_is_lost_before_the_failed_ones_are_asked_for_again(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    world.faults.add(Fault(null_nodes={2: "Something went wrong"}))
    api.pull_requests[2].update()
    world.clock.advance(DAY)
    syncing.sync(repository_id)
    world.faults.clear()
    world.clock.advance(DAY)
    token = world.tokens[SAMPLE_TOKEN]
    world.faults.add(
        Fault(operation="PullRequestsById", before_answer=lambda: setattr(token, "sees", ()))
    )

    with pytest.raises(RepositoryNotFound):
        syncing.sync(repository_id)

    assert marked(syncing) == []
    [entry] = syncing.database.rows("select number from github.sync_failures")
    assert entry["number"] == 2
    token.sees = None
    syncing.sync(repository_id)
    syncing.assert_equal(api)


def test_what_github_cannot_tell_stays(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    gone = api.pull_requests[2]
    api.delete_pull_request(gone)
    error = {"type": "INTERNAL", "path": ["nodes", 0], "message": "Something went wrong"}
    body: dict[str, Any] = {"data": {"repository": {"id": api.id}, "nodes": [None]}}
    world.faults.add(Fault(operation="ExistingPullRequests", body=body | {"errors": [error]}))

    syncing.sync(repository_id, full_resync=True)

    assert marked(syncing) == []
    syncing.sync(repository_id)
    assert marked(syncing) == [2]


def test_one_that_comes_back(syncing: Syncing, api: Repository, repository_id: int) -> None:
    """As when GitHub's support restores it, under the same id."""
    gone = api.pull_requests[2]
    api.delete_pull_request(gone)
    syncing.sync(repository_id, full_resync=True)
    assert marked(syncing) == [2]
    api.pull_requests[2] = gone
    world = api.world
    world.nodes.update({gone.id: gone} | {review.id: review for review in gone.reviews})

    syncing.sync(repository_id, full_resync=True)

    assert marked(syncing) == marked(syncing, "pull_request_reviews") == []
    syncing.assert_equal(api)


def test_disabled_pull_requests_are_not_gone(
    syncing: Syncing, api: Repository, repository_id: int
) -> None:
    before = syncing.last_sync_at(repository_id)
    api.pull_requests_enabled = False
    for full_resync in (False, True):
        result = syncing.sync(repository_id, full_resync=full_resync)

        tracked = syncing.tracked(repository_id)
        assert marked(syncing) == []
        assert tracked["github_state"] == "pull_requests_disabled"
        assert "disabled on GitHub" in tracked["last_sync_error"]
        assert tracked["last_sync_at"] == before, "nothing was shown, so nothing is vouched for"
        assert result["status"] == "complete"
    assert syncing.database.rows("select * from github.repository_drift") == []

    api.pull_requests_enabled = True
    syncing.sync(repository_id)

    tracked = syncing.tracked(repository_id)
    assert (tracked["github_state"], tracked["last_sync_error"]) == ("active", None)
    syncing.assert_equal(api)


def test_what_was_hidden_from_the_first_sync_is_read_when_it_is_shown(
    world: World, syncing: Syncing
) -> None:
    api = with_history(world, "acme/hidden", pull_requests=3)
    api.pull_requests_enabled = False
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    tracked = syncing.tracked(repository_id)
    assert (tracked["github_state"], tracked["last_sync_at"]) == ("pull_requests_disabled", None)
    assert syncing.state(repository_id) == "incomplete"
    world.clock.advance(DAY)
    api.pull_requests_enabled = True

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert syncing.state(repository_id) == "complete"


def test_access_that_is_lost_while_rest_is_asked_is_reported_as_such(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    api.pull_requests_enabled = False
    token = world.tokens[SAMPLE_TOKEN]
    path = "/api/v3/repositories"
    world.faults.add(Fault(path=path, before_answer=lambda: setattr(token, "sees", [])))

    with pytest.raises(RepositoryNotFound):
        syncing.sync(repository_id)

    assert syncing.tracked(repository_id)["github_state"] == "not_found"
    assert marked(syncing) == []
