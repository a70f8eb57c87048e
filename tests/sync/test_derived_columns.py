"""What is derived: the first review that counts, times in hours, and what titles tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from github_server import PullRequest, Repository, World
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing

OPENED = START - timedelta(days=10)


@pytest.fixture
def api(world: World) -> Repository:
    return world.repository("acme/api")


@pytest.fixture
def pull_request(world: World, api: Repository) -> PullRequest:
    return api.pull_request("feat: reviews", author=world.user("alice"), created_at=OPENED)


def stored(syncing: Syncing) -> dict[str, Any]:
    return syncing.database.one("select * from github.pull_requests")


def after_hours(hours: float) -> datetime:
    return OPENED + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("reviewer", "state", "counts"),
    [
        ("another user", "APPROVED", True),
        ("another user", "COMMENTED", True),
        ("another user", "DISMISSED", True),
        ("another user", "PENDING", False),
        ("the author", "COMMENTED", False),
        ("a bot", "APPROVED", False),
        ("a mannequin", "APPROVED", True),
        ("a deleted user", "APPROVED", True),
    ],
)
def test_whose_review_is_the_first(  # noqa: PLR0913, PLR0917 (fixtures and parameters)
    world: World,
    syncing: Syncing,
    api: Repository,
    pull_request: PullRequest,
    reviewer: str,
    state: Any,
    counts: bool,
) -> None:
    people = {
        "another user": world.user("bob"),
        "the author": world.user("alice"),
        "a bot": world.bot("lint-bot"),
        "a mannequin": world.mannequin("imported"),
        "a deleted user": None,
    }
    pull_request.review(people[reviewer], state, after_hours(1.5))
    pull_request.review(world.user("carol"), "APPROVED", after_hours(20))

    syncing.sync(syncing.track(api))

    hours = "1.50" if counts else "20.00"
    assert stored(syncing)["first_review_at"] == after_hours(float(hours))
    assert stored(syncing)["review_time_hours"] == Decimal(hours)


def test_a_deleted_authors_pull_request_may_be_reviewed_by_deleted_users(
    syncing: Syncing, api: Repository
) -> None:
    """Whether the two were one person is unknown, so the review counts."""
    api.pull_request("by a ghost", author=None, created_at=OPENED).review(
        None, "APPROVED", after_hours(3)
    )

    syncing.sync(syncing.track(api))

    assert stored(syncing)["first_review_at"] == after_hours(3)


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [(0, "0.00"), (0.5, "0.01"), (20, "0.33"), (90, "1.50"), (60 * 24 * 400, "9600.00")],
)
def test_times_in_hours(
    world: World, syncing: Syncing, api: Repository, minutes: float, hours: str
) -> None:
    opened = START - timedelta(days=500)
    moment = opened + timedelta(minutes=minutes)
    pull_request = api.pull_request(created_at=opened, merged_at=moment, author=world.user("alice"))
    pull_request.review(world.user("bob"), "APPROVED", moment)

    syncing.sync(syncing.track(api))

    assert stored(syncing)["cycle_time_hours"] == Decimal(hours)
    assert stored(syncing)["review_time_hours"] == Decimal(hours)
    syncing.assert_equal(api)


def test_times_are_unknown_until_they_are_known(syncing: Syncing, api: Repository) -> None:
    api.pull_request(created_at=OPENED, closed_at=after_hours(5))

    syncing.sync(syncing.track(api))

    row = stored(syncing)
    assert row["state"] == "closed"
    assert (row["cycle_time_hours"], row["review_time_hours"]) == (None, None)
    assert row["first_review_at"] is None


@pytest.mark.parametrize(
    ("title", "is_revert", "is_hotfix"),
    [
        ('Revert "feat: x"', True, False),
        ("chore: REVERTED and HotFixed", True, True),
        ("hot fix: re-vert", False, False),
        ("unreverted", True, False),
    ],
)
def test_what_titles_tell(  # noqa: PLR0913, PLR0917 (fixtures and parameters)
    world: World, syncing: Syncing, api: Repository, title: str, is_revert: bool, is_hotfix: bool
) -> None:
    api.pull_request(title, created_at=OPENED)

    syncing.sync(syncing.track(api))

    assert (stored(syncing)["is_revert"], stored(syncing)["is_hotfix"]) == (is_revert, is_hotfix)
