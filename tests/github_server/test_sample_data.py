"""The sample world: believable, complete with oddities, and the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from github_server import SAMPLE_TOKEN, Clock, PullRequest, World
from github_server.actors import living
from github_server.sample_data import (
    BIGGEST,
    EMPTY,
    LOST,
    TRACKED,
    lose_access,
    next_day,
    sample_world,
)

MONDAY = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


@pytest.fixture
def sample() -> World:
    return sample_world(clock=Clock(MONDAY))


def all_pull_requests(world: World) -> Iterator[PullRequest]:
    for repository in world.repositories.values():
        yield from repository.pull_requests.values()


def test_it_is_the_same_each_time(sample: World) -> None:
    def facts(world: World) -> list[object]:
        return [(each.id, each.title, each.updated_at) for each in all_pull_requests(world)]

    assert facts(sample) == facts(sample_world(clock=Clock(MONDAY)))


def test_nothing_happened_in_the_last_day(sample: World) -> None:
    for pull_request in all_pull_requests(sample):
        review_times = [review.submitted_at for review in pull_request.reviews]
        moments = [pull_request.merged_at, pull_request.closed_at, *review_times]
        known = [moment for moment in moments if moment]
        assert pull_request.created_at <= min(known, default=pull_request.updated_at)
        assert max([*known, pull_request.created_at]) <= pull_request.updated_at
        assert pull_request.updated_at <= MONDAY - timedelta(days=1)


def test_six_repositories_are_tracked_one_by_its_old_name(sample: World) -> None:
    found = [sample.find_repository(name) for name in TRACKED]
    assert len({repository.id for repository in found if repository}) == 6
    renamed = [name for name in TRACKED if name not in sample.repositories]
    assert len(renamed) == 1
    assert sample.repositories[EMPTY].pull_requests == {}
    assert 300 <= len(sample.repositories[BIGGEST].pull_requests) <= 450


def test_oddities_are_there(sample: World) -> None:
    pull_requests = list(sample.repositories[BIGGEST].pull_requests.values())
    reviews = [review for each in pull_requests for review in each.reviews]
    authors = [each.author for each in pull_requests]
    assert {review.state for review in reviews} == {
        "PENDING",
        "COMMENTED",
        "APPROVED",
        "CHANGES_REQUESTED",
        "DISMISSED",
    }
    assert {each.state for each in pull_requests} == {"OPEN", "CLOSED", "MERGED"}
    assert {author.kind for author in authors if author} == {"User", "Bot", "Mannequin"}
    assert any(living(author) is None for author in authors)
    assert any(living(review.author) is None for review in reviews)
    assert any(review.commit_oid is None for review in reviews)
    assert max(len(each.reviews) for each in pull_requests) == 130
    assert any("\x00" in each.body for each in pull_requests)
    assert any("🎉" in each.title for each in pull_requests)
    assert any(each.title.startswith('Revert "') for each in pull_requests)
    assert any(each.title.startswith("hotfix: ") for each in pull_requests)


def test_most_work_is_done_on_weekdays(sample: World) -> None:
    created = [each.created_at for each in all_pull_requests(sample)]
    at_weekends = [moment for moment in created if moment.weekday() >= 5]
    assert 0 < len(at_weekends) < len(created) / 10


def test_next_day_changes_what_it_says(sample: World) -> None:
    before = {each.id for each in all_pull_requests(sample)}
    sample.clock.advance(timedelta(days=1).total_seconds())
    changes = next_day(sample)
    for full_name, changed in changes.items():
        touched = {
            each.number
            for each in sample.repositories[full_name].pull_requests.values()
            if each.updated_at == sample.now()
        }
        assert touched == {change.number for change in changed}
    assert 4 <= len(changes[BIGGEST]) <= 8
    assert len({each.id for each in all_pull_requests(sample)} - before) == len(changes)
    assert LOST not in changes
    next_day(sample)


def test_lose_access(sample: World) -> None:
    name = lose_access(sample)
    token = sample.tokens[SAMPLE_TOKEN]
    visible = [each.full_name for each in sample.repositories.values() if token.can_see(each)]
    assert name not in visible
    assert len(visible) == 5
