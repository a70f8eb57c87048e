"""Later syncs read what changed since the last one, in as few requests, and miss nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from github_server import Fault, World
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, newest, with_history

AT_ONCE = timedelta(seconds=10)
"""The longest that one request may take here; GitHub's clock is read with that much of a margin."""


def test_an_unchanged_repository_costs_one_request(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=150)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)

    result = syncing.sync(repository_id)

    assert (result["mode"], result["requests"]) == ("incremental", 1)
    assert (result["prs_synced"], result["reviews_synced"]) == (0, 0)
    syncing.assert_equal(api)


def test_what_changed_costs_one_request_for_each_hundred(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=220, reviews=1)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    for changed in (1, 99, 100, 101, 200, 220):
        world.clock.advance(DAY)
        for pull_request in list(api.pull_requests.values())[:changed]:
            pull_request.update(title=f"changed with {changed}")
        world.clock.advance(1)

        result = syncing.sync(repository_id)

        # After full pages one more, to see that nothing else has changed.
        assert result["requests"] == changed // 100 + 1, f"{changed} changed"
        assert (result["prs_synced"], result["reviews_synced"]) == (changed, changed)
        syncing.assert_equal(api)


def test_plain_issues_cost_nothing(world: World, syncing: Syncing) -> None:
    api = with_history(world)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    for _ in range(150):
        api.issue("Where is the manual?", author=world.user("alice"))

    result = syncing.sync(repository_id)

    assert (result["requests"], result["prs_synced"]) == (1, 0)


@pytest.mark.parametrize(("seconds", "is_seen"), [(300, True), (301, False)])
def test_what_github_shows_late_is_read_within_the_overlap(
    world: World, syncing: Syncing, seconds: int, is_seen: bool
) -> None:
    api = with_history(world)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    last_sync_at = syncing.last_sync_at(repository_id)
    assert last_sync_at
    moment = _up_to_the_second(last_sync_at) - timedelta(seconds=seconds)
    api.pull_request("shown late", author=world.user("alice"), created_at=moment)
    world.clock.advance(DAY)

    result = syncing.sync(repository_id)

    assert result["prs_synced"] == int(is_seen)


def test_the_overlap_is_a_setting(world: World, syncing: Syncing) -> None:
    api = with_history(world)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    api.pull_request("shown late", author=world.user("alice"), created_at=START - timedelta(days=2))
    syncing.settings = syncing.settings.model_copy(update={"overlap_seconds": 3 * DAY})

    syncing.sync(repository_id)

    syncing.assert_equal(api)


@pytest.mark.parametrize("hours", [-7, 7])
def test_the_watermark_is_githubs_time_whatever_the_workers_clock_says(
    world: World, syncing: Syncing, hours: int
) -> None:
    api = with_history(world)
    repository_id = syncing.track(api)

    with time_machine.travel(START + timedelta(hours=hours), tick=True):
        syncing.sync(repository_id)
        world.clock.advance(60)
        newest(api, 1)[0].update(title="a minute later")
        syncing.sync(repository_id)

    now = START + timedelta(seconds=60)
    assert now - AT_ONCE <= (syncing.last_sync_at(repository_id) or START) <= now
    syncing.assert_equal(api)


def test_the_watermark_is_the_start_of_the_pass_not_its_end(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=201)
    repository_id = syncing.track(api)
    an_hour_per_page = Fault(before_answer=lambda: world.clock.advance(3600), skip=1, times=2)
    world.faults.add(an_hour_per_page)

    result = syncing.sync(repository_id)

    last_sync_at = syncing.last_sync_at(repository_id)
    assert world.now() == START + timedelta(hours=2)
    assert last_sync_at
    assert START - AT_ONCE <= last_sync_at <= START
    assert datetime.fromisoformat(result["last_sync_at"]) == last_sync_at


def test_changes_made_while_paging_are_there_after_the_next_sync(
    world: World, syncing: Syncing
) -> None:
    api = with_history(world, pull_requests=250, reviews=1)
    in_order = newest(api, 250)
    repository_id = syncing.track(api)

    def change_what_is_read_and_what_is_not() -> None:
        world.clock.advance(1000)
        for pull_request in (in_order[0], in_order[120], in_order[249]):
            pull_request.submit_review(world.user("carol"), "CHANGES_REQUESTED")
        api.pull_request("opened meanwhile", author=world.user("alice"))

    world.faults.add(Fault(before_answer=change_what_is_read_and_what_is_not, skip=1, times=1))
    syncing.sync(repository_id)
    world.clock.advance(DAY)

    result = syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert result["prs_synced"] == 4


def test_an_older_answer_does_not_overwrite_a_newer_row(world: World, syncing: Syncing) -> None:
    """As when GitHub answers from a copy of its data that lags behind."""
    api = with_history(world)
    [pull_request] = newest(api, 1)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    then = pull_request.updated_at
    world.clock.advance(DAY)
    review = pull_request.submit_review(world.user("bob"))
    pull_request.update(title="the newer title")
    syncing.sync(repository_id)
    pull_request.update(title="the older title", updated_at=then)

    def without_reviews(answer: dict[str, Any], _: object) -> None:
        answer["data"]["node"]["pullRequests"]["nodes"][0]["reviews"]["nodes"] = []

    world.faults.add(Fault(operation="ChangedPullRequests", edit=without_reviews))

    syncing.sync(repository_id, since=then)

    row = syncing.database.one("select title, first_review_at from github.pull_requests")
    assert row == {"title": "the newer title", "first_review_at": review.submitted_at}
    [stored] = syncing.database.rows("select deleted_at from github.pull_request_reviews")
    assert stored["deleted_at"] is None


def test_a_second_full_resync_changes_nothing(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=120, reviews=2)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)

    result = syncing.sync(repository_id, full_resync=True)

    assert (result["mode"], result["prs_synced"]) == ("full", 120)
    syncing.assert_equal(api)


def _up_to_the_second(moment: datetime) -> datetime:
    """GitHub's times are in whole seconds, the watermark is not."""
    return moment.replace(microsecond=0) + timedelta(seconds=1)
