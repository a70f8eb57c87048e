"""GitHub's limits are not confused with lost access, and waited for as GitHub asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from github_server import ALWAYS, Fault, RateLimit, Repository, World
from github_server import known_faults as known
from github_sync.errors import AccessDenied, RateLimited, RateLimitExhausted
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

RESET = 1_772_425_000
"""When the quotas below are renewed: START's 04:00:00 is 1 772 424 000."""

PRIMARY = {"message": "API rate limit exceeded for user ID 1."}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(RESET)}
LEFT = {"x-ratelimit-remaining": "4000", "x-ratelimit-reset": str(RESET)}

# What GitHub answers, and how many seconds it asks us to wait.
LIMITS: dict[str, tuple[Fault, float]] = {
    "429 with Retry-After": (Fault(status=429, headers={"retry-after": "7"}), 7),
    "429 without": (Fault(status=429, headers=LEFT), 60),
    "429 with a reset": (Fault(status=429, headers=SPENT), 1001),
    "primary, until the reset": (Fault(status=403, headers=SPENT, body=PRIMARY), 1001),
    "primary, spent by others": (Fault(status=403, headers=LEFT, body=PRIMARY), 60),
    "secondary with Retry-After": (known.secondary_limit(90), 90),
    "secondary without": (known.secondary_limit(None), 60),
    "secondary as a 429": (known.secondary_limit(None, status=429), 60),
    "abuse detection": (
        Fault(
            status=403,
            headers=LEFT,
            body={"message": "You have triggered an abuse detection mechanism."},
        ),
        60,
    ),
    "GraphQL": (
        Fault(
            graphql_errors=[{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}],
            headers=SPENT,
        ),
        1001,
    ),
    "GraphQL's new word": (
        Fault(
            graphql_errors=[
                {
                    "type": "RATE_LIMIT",
                    "code": "graphql_rate_limit",
                    "message": "API rate limit already exceeded for user ID 1.",
                }
            ],
            headers=SPENT,
        ),
        1001,
    ),
    "secondary in GraphQL": (Fault(graphql_errors=[SECONDARY], headers=LEFT), 60),
    "beside data": (
        Fault(
            body={
                "data": {"repository": {"id": "R_1"}},
                "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}],
            },
            headers=SPENT,
        ),
        1001,
    ),
}


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=150)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return syncing.track(api)


@pytest.mark.parametrize("case", LIMITS)
def test_every_limit_is_waited_for_as_github_asks(
    world: World, syncing: Syncing, repository_id: int, case: str
) -> None:
    fault, seconds = LIMITS[case]
    world.faults.add(replace(fault))

    with pytest.raises(RateLimited) as caught:
        syncing.sync(repository_id)

    assert caught.value.retry_after == seconds
    assert "acme/api" in str(caught.value)
    assert world.requests == 1, "asking again at once makes GitHub angrier"
    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["last_sync_error"]) == ("syncing", None)
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["is_final"]) == ("waiting", False)
    assert (attempt["error_class"], attempt["requests"]) == ("RateLimited", 1)
    assert attempt["finished_at"] is not None


def test_a_403_that_is_no_limit_is_not_waited_for(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    world.faults.add(Fault(status=403, headers=LEFT, body={"message": "Resource not accessible"}))

    with pytest.raises(AccessDenied):
        syncing.sync(repository_id)


@pytest.mark.parametrize("error_type", ["RATE_LIMITED", "RATE_LIMIT"])
def test_a_spent_quota_after_the_reset_goes_on_behind_the_last_page(
    world: World, syncing: Syncing, api: Repository, repository_id: int, error_type: Any
) -> None:
    world.rate_limit = RateLimit(limit=1, window_seconds=1800, error_type=error_type)

    with pytest.raises(RateLimited) as caught:
        syncing.sync(repository_id)

    assert caught.value.retry_after == 1801
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["prs_synced"], attempt["quota_remaining"]) == (100, 0)
    world.clock.advance(1801)
    result = syncing.sync(repository_id, waits=1)
    assert (result["prs_synced"], result["requests"]) == (50, 1)
    syncing.assert_equal(api)


@pytest.mark.parametrize("waits", [0, 5])
def test_waiting_is_allowed_so_often(
    world: World, syncing: Syncing, repository_id: int, waits: int
) -> None:
    world.faults.add(Fault(status=429, times=ALWAYS))

    with pytest.raises(RateLimited):
        syncing.sync(repository_id, waits=waits)


@pytest.mark.parametrize("allowed", [6, 0])
def test_and_no_more(world: World, syncing: Syncing, repository_id: int, allowed: int) -> None:
    syncing.settings = syncing.settings.model_copy(update={"max_rate_limit_waits": allowed})
    world.faults.add(Fault(status=429, times=ALWAYS))

    with pytest.raises(RateLimitExhausted, match="GITHUB_SYNC_MAX_RATE_LIMIT_WAITS"):
        syncing.sync(repository_id, waits=allowed, is_last_try=False)

    row = syncing.tracked(repository_id)
    assert row["sync_status"] == "error"
    assert f"already waited {allowed} times" in row["last_sync_error"]
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["is_final"]) == ("error", True)
    assert attempt["error_class"] == "RateLimitExhausted"


def test_what_is_left_of_the_quota_is_reported(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    world.rate_limit = RateLimit(limit=1000)

    result = syncing.sync(repository_id)

    assert result["quota_remaining"] == 998
    assert syncing.attempts(repository_id)[0]["quota_remaining"] == 998


def test_the_clock_that_counts_is_githubs(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    """The quota's reset is an hour of GitHub's clock away, however wrong ours may be."""
    world.clock.advance(-5 * 365 * 86400)
    world.rate_limit = RateLimit(limit=1, window_seconds=3600)

    with pytest.raises(RateLimited) as caught:
        syncing.sync(repository_id)

    assert caught.value.retry_after == 3601
