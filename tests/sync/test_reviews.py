"""Reviews: all of them, in every state, and deleted on GitHub's word only."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from github_server import Fault, PullRequest, Repository, World
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY

OPENED = START - timedelta(days=10)
EVERY_STATE = ("APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING")


@pytest.fixture
def api(world: World) -> Repository:
    return world.repository("acme/api")


@pytest.fixture
def pull_request(world: World, api: Repository) -> PullRequest:
    return api.pull_request("feat: reviews", author=world.user("alice"), created_at=OPENED)


def reviews(syncing: Syncing) -> list[dict[str, Any]]:
    return syncing.database.rows(
        "select * from github.pull_request_reviews order by github_review_id"
    )


def stored(syncing: Syncing) -> dict[str, Any]:
    return syncing.database.one("select * from github.pull_requests")


def after_hours(hours: float) -> datetime:
    return OPENED + timedelta(hours=hours)


def test_every_state(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    for state in EVERY_STATE:
        pull_request.review(world.user("bob"), state, after_hours(1), body=f"My word: {state}")
    pull_request.review(world.user("carol"), "COMMENTED", after_hours(2), commit_oid=None)

    result = syncing.sync(syncing.track(api))

    syncing.assert_equal(api)
    assert result["reviews_synced"] == 6
    assert [row["state"] for row in reviews(syncing)[:5]] == [s.lower() for s in EVERY_STATE]
    assert [row["submitted_at"] is None for row in reviews(syncing)] == [False] * 4 + [True, False]
    assert reviews(syncing)[5]["commit_sha"] is None


def test_a_review_dismissed_later(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    review = pull_request.review(world.user("bob"), "CHANGES_REQUESTED", after_hours(1))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    review.state = "DISMISSED"
    pull_request.update()

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert [row["state"] for row in reviews(syncing)] == ["dismissed"]


def test_a_pending_review_submitted_later(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    review = pull_request.review(world.user("bob"), "PENDING", after_hours(1))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    assert stored(syncing)["first_review_at"] is None
    world.clock.advance(DAY)
    pull_request.update()
    review.state, review.submitted_at = "APPROVED", world.now()

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert stored(syncing)["first_review_at"] == world.now()


@pytest.mark.parametrize(("count", "requests"), [(100, 1), (101, 2), (205, 3)])
def test_more_reviews_than_fit_on_a_page(  # noqa: PLR0913, PLR0917 (fixtures and parameters)
    world: World,
    syncing: Syncing,
    api: Repository,
    pull_request: PullRequest,
    count: int,
    requests: int,
) -> None:
    for hour in range(count):
        pull_request.review(world.user("bob"), "COMMENTED", after_hours(hour / 10))

    result = syncing.sync(syncing.track(api))

    syncing.assert_equal(api)
    assert (result["reviews_synced"], result["requests"]) == (count, requests)


def test_a_deleted_review_is_marked_when_github_says_so(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    gone = pull_request.review(world.user("bob"), "APPROVED", after_hours(1))
    pull_request.review(world.user("carol"), "APPROVED", after_hours(5))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    pull_request.delete_review(gone)

    result = syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert result["requests"] == 2
    assert len(world.requests_of("ExistingReviews")) == 1
    first, second = reviews(syncing)
    assert first["deleted_at"] is not None
    assert first["body"] == gone.body
    assert second["deleted_at"] is None
    assert stored(syncing)["first_review_at"] == after_hours(5)
    assert stored(syncing)["review_time_hours"] == Decimal("5.00")


def test_a_review_that_only_the_list_lacks_is_not_deleted(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    """Missing from a list is no proof: asked by id, GitHub still has it."""
    review = pull_request.review(world.user("bob"), "APPROVED", after_hours(1))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    pull_request.update()
    pull_request.reviews.remove(review)

    syncing.sync(repository_id)

    [row] = reviews(syncing)
    assert (row["deleted_at"], row["suspected_deleted_at"]) == (None, None)
    assert stored(syncing)["first_review_at"] == after_hours(1)


def test_nothing_is_marked_while_github_cannot_be_asked(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    gone = pull_request.review(world.user("bob"), "APPROVED", after_hours(1))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    pull_request.delete_review(gone)
    world.faults.add(Fault(operation="ExistingReviews", status=502, times=4))

    syncing.sync(repository_id)

    assert reviews(syncing)[0]["deleted_at"] is None
    syncing.sync(repository_id)
    assert reviews(syncing)[0]["deleted_at"] is not None


def test_a_hidden_review_that_appears_again(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    review = pull_request.review(world.user("bob"), "APPROVED", after_hours(1))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    for is_visible in (False, True):
        world.clock.advance(DAY)
        pull_request.update()
        review.visible = is_visible
        syncing.sync(repository_id)
        syncing.assert_equal(api)
        assert (reviews(syncing)[0]["deleted_at"] is None) is is_visible
        assert (stored(syncing)["first_review_at"] is None) is not is_visible


def test_more_deleted_reviews_than_one_question_holds(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    for _ in range(130):
        pull_request.review(world.user("bob"), "COMMENTED", after_hours(1))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    for review in list(pull_request.reviews):
        pull_request.delete_review(review)

    syncing.sync(repository_id, accept_deletions=True)

    syncing.assert_equal(api)
    assert len(world.requests_of("ExistingReviews")) == 2
    assert all(row["deleted_at"] for row in reviews(syncing))
