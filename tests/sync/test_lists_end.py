"""A list whose pages do not move on is an error with a name, after a few requests."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import ALWAYS, Fault, World
from github_server import known_faults as known
from github_server.pagination import encode_cursor
from github_sync.errors import ListWithoutEnd
from tests.fixtures.syncing import Syncing
from tests.sync.failures import recorded_failures
from tests.sync.histories import DAY, with_history

CURSORS = {"the same": known.standing_cursor, "none": known.null_cursor}


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_scan(world: World, syncing: Syncing, cursor: str) -> None:
    api = with_history(world, pull_requests=250)
    repository_id = syncing.track(api)
    fault = world.faults.add(CURSORS[cursor](operation="ChangedPullRequests"))

    with pytest.raises(ListWithoutEnd, match=r"acme/api.*list of pull requests"):
        syncing.sync(repository_id)

    assert len(world.requests_of("ChangedPullRequests")) <= 2
    tracked = syncing.tracked(repository_id)
    assert (tracked["sync_status"], tracked["last_sync_at"]) == ("error", None)
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["error_class"], attempt["prs_synced"]) == (
        "ListWithoutEnd",
        100 if cursor == "none" else 200,
    )
    world.faults.remove(fault)
    syncing.sync(repository_id)
    syncing.assert_equal(api)
    assert syncing.tracked(repository_id)["last_sync_error"] is None


def test_a_scan_that_is_resumed_at_the_cursor_that_stands(world: World, syncing: Syncing) -> None:
    """Each further attempt costs one request, and loses nothing."""
    api = with_history(world, pull_requests=250)
    repository_id = syncing.track(api)
    world.faults.add(known.standing_cursor(operation="ChangedPullRequests"))
    for _ in range(3):
        with pytest.raises(ListWithoutEnd):
            syncing.sync(repository_id)
    assert [one["requests"] for one in syncing.attempts(repository_id)] == [2, 1, 1]
    world.faults.clear()

    syncing.sync(repository_id)

    syncing.assert_equal(api)


@pytest.mark.parametrize("is_counted", [True, False])
def test_a_scan_that_repeats_itself_under_new_cursors(
    world: World, syncing: Syncing, is_counted: bool
) -> None:
    """The total bounds it; without a total the numbers of the pull requests do."""
    api = with_history(world, pull_requests=150)
    # Each cursor lies before all pull requests.
    cursors = (encode_cursor((f"2999-01-01T00:00:{n:02}Z", 1)) for n in range(60))

    def again(answer: dict[str, Any], _: object) -> None:
        page = (answer["data"].get("node") or answer["data"]["repository"])["pullRequests"]
        page["pageInfo"] |= {"hasNextPage": True, "endCursor": next(cursors)}
        page["totalCount"] = page["totalCount"] if is_counted else None

    world.faults.add(Fault(operation="ChangedPullRequests", edit=again, times=ALWAYS))

    with pytest.raises(ListWithoutEnd, match="goes on"):
        syncing.sync(syncing.track(api))

    assert len(world.requests_of("ChangedPullRequests")) <= 4


@pytest.mark.parametrize("cursor", CURSORS)
def test_the_reviews_of_one_pull_request(world: World, syncing: Syncing, cursor: str) -> None:
    """Only this one fails, and is tried again."""
    api = with_history(world, pull_requests=3)
    for hour in range(150):
        api.pull_requests[2].submit_review(world.user("bob"), "COMMENTED")
        world.clock.advance(hour)
    fault = world.faults.add(CURSORS[cursor](operation="MoreReviews"))
    repository_id = syncing.track(api)

    result = syncing.sync(repository_id)

    assert result["requests"] <= 4
    [failure] = recorded_failures(syncing)
    assert failure["number"] == 2
    assert "list of reviews" in failure["error"]
    world.faults.remove(fault)
    world.clock.advance(DAY)
    syncing.sync(repository_id)
    syncing.assert_equal(api)


def test_reviews_that_come_again_under_new_cursors(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=1, reviews=120)

    def again(answer: dict[str, Any], variables: Any) -> None:
        page = answer["data"]["node"]["reviews"]
        page["pageInfo"] |= {"hasNextPage": True, "endCursor": next(cursors)}

    cursors = (encode_cursor((f"2000-01-01T00:00:{n:02}Z", n)) for n in range(60))
    world.faults.add(Fault(operation="MoreReviews", edit=again, times=ALWAYS))

    result = syncing.sync(syncing.track(api))

    assert result["status"] == "complete with 1 failure"
    assert "repeats what it sent before" in result["errors"][0]["error"]
    assert result["requests"] <= 6


def test_a_failure_whose_answer_is_another_pull_request(world: World, syncing: Syncing) -> None:
    """Neither stored nor gone: it is asked for once a sync, not without end."""
    api = with_history(world, pull_requests=3)
    fault = world.faults.add(Fault(null_nodes={2: "Something went wrong"}))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.faults.remove(fault)
    world.clock.advance(DAY)

    def confuse(answer: dict[str, Any], _: object) -> None:
        answer["data"]["nodes"][0] |= {"fullDatabaseId": "1"}

    world.faults.add(Fault(operation="PullRequestsById", edit=confuse, times=ALWAYS))

    result = syncing.sync(repository_id)

    assert [one["number"] for one in result["errors"]] == [2]
    assert len(world.requests_of("PullRequestsById")) <= 2
    world.faults.clear()
    world.clock.advance(DAY)
    assert syncing.sync(repository_id)["errors"] == []
    syncing.assert_equal(api)
