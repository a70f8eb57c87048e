"""A pull request that cannot be stored goes into sync_failures; all others are stored."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import Fault, PullRequest, Repository, World
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, newest, with_history

REFUSED = "a title that Postgres refuses"


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=120, reviews=1)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return syncing.track(api)


def ledger(syncing: Syncing) -> list[dict[str, Any]]:
    return syncing.database.rows("select * from github.sync_failures order by number")


def fail(world: World, *numbers: int, why: Any = "Something went wrong") -> Fault:
    """GitHub cannot serve these until the fault is removed."""
    return world.faults.add(Fault(null_nodes=dict.fromkeys(numbers, why)))


def refuse(syncing: Syncing) -> None:
    """Let Postgres refuse one title, as it refuses a value out of range."""
    syncing.database.rows(
        "alter table github.pull_requests "
        f"add constraint pull_requests_title_check check (title <> '{REFUSED}')"
    )


def assert_all_but(syncing: Syncing, *missing: PullRequest) -> None:
    rows = syncing.database.rows("select number from github.pull_requests")
    everything = set(missing[0].repository.pull_requests)
    assert {row["number"] for row in rows} == everything - {one.number for one in missing}


def test_one_that_github_cannot_serve(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    [bad] = newest(api, 1)
    fail(world, bad.number)

    result = syncing.sync(repository_id)

    assert_all_but(syncing, bad)
    assert result["errors"] == [{"number": bad.number, "error": "Something went wrong"}]
    assert result["prs_synced"] == 119
    [entry] = ledger(syncing)
    assert entry["repository_id"] == repository_id
    assert (entry["number"], entry["github_pr_id"]) == (bad.number, bad.database_id)
    assert (entry["error"], entry["tries"]) == ("Something went wrong", 1)
    row = syncing.tracked(repository_id)
    assert row["sync_status"] == "complete"
    assert row["last_sync_at"] is not None
    assert f"#{bad.number}" in row["last_sync_error"]
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_class"]) == ("complete", None)
    assert attempt["error_message"] == row["last_sync_error"]


def test_it_is_stored_by_the_next_sync_that_can(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """Though it is far behind the watermark by then."""
    fault = fail(world, newest(api, 110)[-1].number)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    world.faults.remove(fault)

    result = syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert (result["errors"], result["prs_synced"], result["requests"]) == ([], 1, 2)
    assert ledger(syncing) == []
    assert syncing.tracked(repository_id)["last_sync_error"] is None


def test_tries_are_counted_once_a_sync(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    [bad] = newest(api, 1)
    fault = fail(world, bad.number)
    syncing.sync(repository_id)
    [first] = ledger(syncing)
    for _ in range(2):
        world.clock.advance(DAY)
        syncing.sync(repository_id)
    world.faults.remove(fault)
    fail(world, bad.number, why="Another reason")
    syncing.sync(repository_id, full_resync=True)

    [last] = ledger(syncing)
    assert (first["tries"], last["tries"]) == (1, 4)
    assert last["error"] == "Another reason"
    assert last["first_failed_at"] == first["first_failed_at"] < last["last_failed_at"]


def test_more_than_a_hundred_of_them(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    fault = fail(world, *api.pull_requests)
    result = syncing.sync(repository_id)
    assert (len(result["errors"]), result["prs_synced"]) == (120, 0)
    message = syncing.tracked(repository_id)["last_sync_error"]
    assert "120 pull request(s)" in message
    assert len(message) < 1000
    world.faults.remove(fault)

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert ledger(syncing) == []


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
    for entry in ledger(syncing):
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
    assert ledger(syncing) == []


def test_one_that_was_stored_before_keeps_its_old_row(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    [bad] = newest(api, 1)
    bad.update(title="newer")
    fail(world, bad.number)

    syncing.sync(repository_id)

    rows = syncing.database.rows("select title from github.pull_requests where title = 'newer'")
    assert rows == []
    assert [entry["number"] for entry in ledger(syncing)] == [bad.number]


@pytest.mark.parametrize("was_stored", [True, False])
def test_one_that_github_deletes_leaves_the_ledger(
    world: World, syncing: Syncing, api: Repository, repository_id: int, was_stored: bool
) -> None:
    [bad] = newest(api, 1)
    if was_stored:
        syncing.sync(repository_id)
        world.clock.advance(DAY)
        bad.update()
    fail(world, bad.number)
    syncing.sync(repository_id)
    api.delete_pull_request(bad)

    result = syncing.sync(repository_id)

    assert result["errors"] == ledger(syncing) == []
    syncing.assert_equal(api)
    deleted = syncing.database.rows(
        "select number from github.pull_requests where deleted_at is not null"
    )
    assert deleted == ([{"number": bad.number}] if was_stored else [])


@pytest.mark.parametrize("text", ["NUL \x00 in it", "lone \ud800 in it", "1 MB " + "x" * 1_000_000])
def test_a_reason_in_odd_words(
    world: World, syncing: Syncing, api: Repository, repository_id: int, text: str
) -> None:
    [bad] = newest(api, 1)
    fail(world, bad.number, why=text)

    syncing.sync(repository_id)

    assert_all_but(syncing, bad)
    [entry] = ledger(syncing)
    assert entry["error"].endswith("in it") or len(entry["error"]) < 10_000


def test_failures_of_a_page_that_is_not_stored_are_not_noted(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """They are in the page's transaction."""
    fail(world, newest(api, 1)[0].number)
    world.faults.add(Fault(before_answer=lambda: drop_sessions(syncing), times=1))

    with pytest.raises(Exception, match="Postgres"):
        syncing.sync(repository_id)

    assert ledger(syncing) == []


def drop_sessions(syncing: Syncing) -> None:
    syncing.database.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid != pg_backend_pid()"
    )
