"""Repositories synced at once share people, and nothing else that could make them wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from github_server import Repository, World
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing

AT_ONCE = 4
PEOPLE = 60


def with_shared_people(world: World, name: str, step: int) -> Repository:
    """Everyone writes and reviews here, each time in another order."""
    repository = world.repository(name)
    for index in range(120):
        author = world.user(f"person-{index * step % PEOPLE}")
        reviewer = world.user(f"person-{(index * step + 7) % PEOPLE}")
        repository.pull_request(author=author, created_at=START).review(reviewer)
    return repository


def test_they_do_not_get_into_each_others_way(world: World, syncing: Syncing) -> None:
    repositories = [
        with_shared_people(world, f"acme/{step}", step) for step in (1, 7, 11, PEOPLE - 1)
    ]
    world.clock.advance(3600)
    ids = [syncing.track(repository) for repository in repositories]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(syncing.sync, ids))

    assert [result["prs_synced"] for result in results] == [120] * AT_ONCE
    for repository in repositories:
        syncing.assert_equal(repository)
    people = syncing.database.one("select count(*) from github.users")
    assert people["count"] == PEOPLE
