"""A field that GitHub refuses to the credentials is named once, and all else is stored."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import Fault, Repository, World
from github_server import known_faults as known
from tests.fixtures.syncing import Syncing
from tests.sync.failures import fail, recorded_failures
from tests.sync.histories import DAY, with_history


@pytest.fixture
def api(world: World) -> Repository:
    api = with_history(world, pull_requests=12, reviews=2)
    for number in (1, 2):
        api.pull_requests[number].add_label(api.label("bug", "d73a4a", "Something is wrong"))
    api.pull_requests[3].merge(by=world.user("alice"))
    return api


def values(syncing: Syncing, sql: str) -> set[Any]:
    return {row["value"] for row in syncing.database.rows(sql)}


FIELDS = {
    "reviews.commit": "select commit_sha as value from github.pull_request_reviews",
    "reviews.author": "select reviewer_id as value from github.pull_request_reviews",
    "labels.description": "select description as value from github.pull_request_labels",
    "author": "select author_id as value from github.pull_requests",
    "mergedBy": "select merged_by_id as value from github.pull_requests",
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", ["FORBIDDEN", "INSUFFICIENT_SCOPES"])
def test_a_nullable_field_refused_everywhere(
    world: World, syncing: Syncing, api: Repository, field: str, kind: str
) -> None:
    fault = world.faults.add(known.refused_field(*field.split("."), kind=kind))
    repository_id = syncing.track(api)

    result = syncing.sync(repository_id)

    assert (result["status"], result["prs_synced"], result["reviews_synced"]) == (
        "complete",
        12,
        24,
    )
    assert recorded_failures(syncing) == []
    assert values(syncing, FIELDS[field]) == {None}
    refused = [name for name in result["refused_fields"] if name.endswith(field)]
    assert refused == list(result["refused_fields"]), "of a review, too"
    assert set(result["refused_fields"].values()) == {known.NOT_ACCESSIBLE}
    tracked = syncing.tracked(repository_id)
    assert tracked["refused_fields"] == result["refused_fields"]
    for name in refused:
        assert tracked["last_sync_error"].count(f"refused {name} ") == 1
    assert "full_resync" in tracked["last_sync_error"]
    assert syncing.state(repository_id) == "incomplete"

    world.faults.remove(fault)
    world.clock.advance(DAY)
    syncing.sync(repository_id)
    assert field in syncing.tracked(repository_id)["last_sync_error"], "it is still NULL"
    syncing.sync(repository_id, full_resync=True)
    assert syncing.tracked(repository_id)["last_sync_error"] is None
    assert syncing.tracked(repository_id)["refused_fields"] == {}
    syncing.assert_equal(api)


@pytest.mark.parametrize("field", FIELDS)
def test_what_was_stored_before_stays(
    world: World, syncing: Syncing, api: Repository, field: str
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    before = values(syncing, FIELDS[field])
    world.clock.advance(DAY)
    for pull_request in api.pull_requests.values():
        pull_request.update(title="changed")
    world.faults.add(known.refused_field(*field.split(".")))

    assert syncing.sync(repository_id)["prs_synced"] == 12

    assert values(syncing, FIELDS[field]) == before != {None}
    syncing.assert_equal(api)
    assert field in syncing.tracked(repository_id)["last_sync_error"]


def test_the_permission_of_a_reviews_commit_is_named(
    world: World, syncing: Syncing, api: Repository
) -> None:
    world.faults.add(known.refused_field("reviews", "commit"))
    repository_id = syncing.track(api)

    syncing.sync(repository_id)

    assert '"Contents: read-only"' in syncing.tracked(repository_id)["last_sync_error"]


@pytest.mark.parametrize("child", ["reviews", "labels"])
def test_a_whole_list_refused_everywhere(
    world: World, syncing: Syncing, api: Repository, child: str
) -> None:
    """What was stored of it before stays."""
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    for pull_request in api.pull_requests.values():
        pull_request.update(title="changed")
    fault = world.faults.add(known.refused_field(child))

    result = syncing.sync(repository_id)

    assert (result["status"], result["prs_synced"]) == ("complete", 12)
    assert result["refused_fields"] == {child: known.NOT_ACCESSIBLE}
    assert recorded_failures(syncing) == []
    syncing.assert_equal(api)
    world.faults.remove(fault)
    syncing.sync(repository_id, full_resync=True)
    assert syncing.tracked(repository_id)["refused_fields"] == {}


def test_single_items_of_a_list(world: World, syncing: Syncing, api: Repository) -> None:
    """The others are stored; the list is not complete, so that what it lacks is not gone."""
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    pull_request = api.pull_requests[4]
    pull_request.submit_review(world.user("carol"), "APPROVED")

    def refuse(answer: dict[str, Any], _: object) -> None:
        nodes = answer["data"]["node"]["pullRequests"]["nodes"]
        index = next(i for i, node in enumerate(nodes) if node["number"] == 4)
        nodes[index]["reviews"]["nodes"][0] = None
        path = ["node", "pullRequests", "nodes", index, "reviews", "nodes", 0]
        answer["errors"] = [{"type": "FORBIDDEN", "path": path, "message": known.NOT_ACCESSIBLE}]

    world.faults.add(Fault(operation="ChangedPullRequests", edit=refuse))

    result = syncing.sync(repository_id)

    assert (result["status"], result["reviews_synced"], result["requests"]) == (
        "complete",
        3 * 2 + 2,
        1,
    )
    assert result["refused_fields"] == {"reviews": known.NOT_ACCESSIBLE}
    syncing.assert_equal(api)


def test_beyond_the_first_page_of_reviews(world: World, syncing: Syncing) -> None:
    api = with_history(world, "acme/busy", pull_requests=2, reviews=120)
    world.faults.add(known.refused_field("reviews", "commit", operation="MoreReviews"))

    result = syncing.sync(syncing.track(api))

    assert (result["status"], result["reviews_synced"]) == ("complete", 240)
    assert result["refused_fields"] == {"reviews.commit": known.NOT_ACCESSIBLE}


def test_beyond_the_first_page_all_of_it(world: World, syncing: Syncing) -> None:
    api = with_history(world, "acme/busy", pull_requests=2, reviews=120)
    world.faults.add(known.refused_field("reviews", operation="MoreReviews"))

    result = syncing.sync(syncing.track(api))

    assert (result["status"], result["reviews_synced"]) == ("complete", 200)
    assert result["refused_fields"] == {"reviews": known.NOT_ACCESSIBLE}


def test_of_one_that_failed_before(world: World, syncing: Syncing, api: Repository) -> None:
    fault = fail(world, 5)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.faults.remove(fault)
    world.clock.advance(DAY)
    world.faults.add(known.refused_field("reviews", "commit", operation="PullRequestsById"))

    result = syncing.sync(repository_id)

    assert (result["status"], recorded_failures(syncing)) == ("complete", [])
    assert result["refused_fields"] == {"reviews.commit": known.NOT_ACCESSIBLE}


@pytest.mark.parametrize("kind", ["INTERNAL", ""])
def test_what_may_pass_is_tried_again_instead(
    world: World, syncing: Syncing, api: Repository, kind: str
) -> None:
    """A field that could not be served this time is not stored as NULL."""
    fault = world.faults.add(
        known.refused_field("author", kind=kind, message="Something went wrong")
    )
    repository_id = syncing.track(api)

    assert syncing.sync(repository_id)["status"] == "complete with 12 failures"

    world.faults.remove(fault)
    world.clock.advance(DAY)
    assert syncing.sync(repository_id)["status"] == "complete"
    syncing.assert_equal(api)


@pytest.mark.parametrize("kind", ["INTERNAL", ""])
def test_what_does_not_pass_is_stored_without_it(
    world: World, syncing: Syncing, api: Repository, kind: str
) -> None:
    """When it is tried again: a field that GitHub never serves makes no endless failures."""
    world.faults.add(known.refused_field("reviews", "commit", kind=kind, message="It broke."))
    repository_id = syncing.track(api)
    for _ in range(2):  # the second one lists the last updated ones again
        syncing.sync(repository_id)
        world.clock.advance(DAY)

    result = syncing.sync(repository_id)

    assert (result["status"], recorded_failures(syncing)) == ("complete", [])
    assert result["refused_fields"] == {"reviews.commit": "It broke."}
    assert len(values(syncing, "select number as value from github.pull_requests")) == 12
