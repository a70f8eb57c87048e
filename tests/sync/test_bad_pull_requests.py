"""What is wrong with one pull request keeps no other one out of the tables."""

from __future__ import annotations

import pytest

from github_server import Fault, Repository, World
from tests.fixtures.syncing import Syncing
from tests.sync.failures import REFUSED, assert_all_but, fail, recorded_failures, refuse
from tests.sync.histories import newest, with_history


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=120, reviews=1)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return syncing.track(api)


def test_one_that_postgres_refuses(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    refuse(syncing)
    first, second = newest(api, 2)
    first.title = second.title = REFUSED

    result = syncing.sync(repository_id)

    assert_all_but(syncing, first, second)
    assert [one["number"] for one in result["errors"]] == sorted((first.number, second.number))
    assert result["prs_synced"] == 118
    for entry in recorded_failures(syncing):
        assert "pull_requests_title_check" in entry["error"]
    reviews = syncing.database.one("select count(*) from github.pull_request_reviews")
    assert reviews["count"] == 118


def test_a_value_out_of_range(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """GraphQL's integers fit Postgres's; a database whose columns were narrowed refuses some."""
    syncing.database.rows("alter table github.pull_requests alter additions type smallint")
    [bad] = newest(api, 1)
    bad.additions = 40_000

    result = syncing.sync(repository_id)

    assert_all_but(syncing, bad)
    [error] = result["errors"]
    assert error["number"] == bad.number
    assert "out of range" in error["error"]


def test_one_with_an_error_beside_its_data(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """A field beyond GraphQL's integers, which the server reports at its own path."""
    [bad] = newest(api, 1)
    bad.additions = 2**31

    result = syncing.sync(repository_id)

    assert_all_but(syncing, bad)
    [error] = result["errors"]
    assert error["number"] == bad.number
    assert "32-bit" in error["error"]


def test_one_whose_reviews_cannot_be_read_to_the_end(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    [bad] = newest(api, 1)
    for _ in range(150):
        bad.review(world.user("bob"), "COMMENTED")
    broken = Fault(operation="MoreReviews", null_nodes={bad.number: "Something went wrong"})
    world.faults.add(broken)
    result = syncing.sync(repository_id)
    assert_all_but(syncing, bad)
    assert [one["number"] for one in result["errors"]] == [bad.number]
    world.faults.remove(broken)

    syncing.sync(repository_id)

    syncing.assert_equal(api)


def test_one_that_is_deleted_before_its_further_reviews_are_read(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    [bad] = newest(api, 1)
    for _ in range(150):
        bad.review(world.user("bob"), "COMMENTED")
    delete = Fault(operation="MoreReviews", before_answer=lambda: api.delete_pull_request(bad))
    world.faults.add(delete)

    syncing.sync(repository_id)
    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert recorded_failures(syncing) == []


@pytest.mark.parametrize("text", ["NUL \x00 in it", "lone \ud800 in it", "1 MB " + "x" * 1_000_000])
def test_a_reason_in_odd_words(
    world: World, syncing: Syncing, api: Repository, repository_id: int, text: str
) -> None:
    [bad] = newest(api, 1)
    fail(world, bad.number, why=text)

    syncing.sync(repository_id)

    assert_all_but(syncing, bad)
    [entry] = recorded_failures(syncing)
    assert entry["error"].endswith("in it") or len(entry["error"]) < 10_000
