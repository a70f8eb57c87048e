"""GitHub changes the format of its node ids: database ids say what is what, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_server import known_faults as known
from github_sync.errors import RepositoryNotFound
from tests.fixtures.syncing import Syncing
from tests.sync.failures import fail, recorded_failures
from tests.sync.histories import DAY, synced_a_day_ago, with_history


def deleted(syncing: Syncing) -> int:
    """How many rows are marked as deleted, in both tables."""
    sql = """
        select (select count(deleted_at) from github.pull_requests)
            + (select count(deleted_at) from github.pull_request_reviews) as number
    """
    return int(syncing.database.one(sql)["number"])


def suspects(syncing: Syncing) -> int:
    sql = "select count(suspected_deleted_at) as number from github.pull_requests"
    return int(syncing.database.one(sql)["number"])


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=120, reviews=2)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return synced_a_day_ago(syncing, api)


def test_a_migration_of_node_ids_day_by_day(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """For a while old ids are answered with new ones; then they are unknown."""
    world.change_node_ids()
    first = syncing.sync(repository_id)
    assert (first["requests"], suspects(syncing), deleted(syncing)) == (1, 0, 0)
    world.forget_former_node_ids()

    for _ in range(5):
        world.clock.advance(DAY)
        result = syncing.sync(repository_id)
        assert (result["status"], deleted(syncing), suspects(syncing)) == ("complete", 0, 0)

    syncing.assert_equal(api)
    assert syncing.tracked(repository_id)["github_node_id"] == api.id
    assert syncing.tracked(repository_id)["github_state"] == "active"


def test_old_ids_unknown_from_one_day_to_the_next(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """The repository's own id too; and it has been renamed meanwhile."""
    world.change_node_ids()
    world.forget_former_node_ids()
    world.rename(api, "acme/renamed")
    with_history(world, "acme/api")

    for _ in range(6):
        assert syncing.sync(repository_id)["status"] == "complete"
        assert deleted(syncing) == 0
        world.clock.advance(DAY)

    syncing.assert_equal(api)
    assert syncing.tracked(repository_id)["full_name"] == "acme/renamed"


def test_the_repositorys_id_is_unknown_and_its_name_taken(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    world.change_node_ids()
    world.forget_former_node_ids()
    world.delete_repository(api)
    with_history(world, "acme/api")

    with pytest.raises(RepositoryNotFound, match="its name now belongs to another repository"):
        syncing.sync(repository_id)

    assert syncing.tracked(repository_id)["github_state"] == "name_taken"
    assert deleted(syncing) == 0


def test_a_row_without_node_id_whose_name_was_taken(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """An operator may have emptied it: the database id finds the repository under its new name."""
    syncing.database.rows("update github.tracked_repositories set github_node_id = null")
    world.rename(api, "acme/renamed")
    with_history(world, "acme/api")

    syncing.sync(repository_id)

    assert syncing.tracked(repository_id)["full_name"] == "acme/renamed"
    syncing.assert_equal(api)


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_a_list_lacks_what_exists(
    world: World, syncing: Syncing, api: Repository, repository_id: int, is_forgotten: bool
) -> None:
    world.change_node_ids()
    if is_forgotten:
        world.forget_former_node_ids()

    def leave_out(answer: dict[str, Any], _: object) -> None:
        for root in ("node", "repository"):
            listed = (answer["data"].get(root) or {}).get("pullRequests") or {"nodes": []}
            listed["nodes"] = [one for one in listed["nodes"] if one["number"] != 7]

    world.faults.add(Fault(operation="ChangedPullRequests", edit=leave_out, times=3))

    result = syncing.sync(repository_id, full_resync=True)

    assert (result["status"], deleted(syncing), suspects(syncing)) == ("complete", 0, 0)
    world.faults.clear()
    syncing.sync(repository_id, full_resync=True)
    syncing.assert_equal(api)


def test_what_is_really_gone_is_found_while_ids_change(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    world.change_node_ids()
    world.forget_former_node_ids()
    pull_request = api.pull_requests[9]
    api.delete_pull_request(api.pull_requests[8])
    pull_request.delete_review(pull_request.reviews[0])

    for _ in range(6):
        syncing.sync(repository_id)
        world.clock.advance(DAY)

    assert deleted(syncing) == 1 + 2 + 1
    syncing.assert_equal(api)


def test_a_review_beyond_the_first_hundred(world: World, syncing: Syncing) -> None:
    api = with_history(world, "acme/busy", pull_requests=1, reviews=130)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.change_node_ids()
    world.forget_former_node_ids()

    for _ in range(3):
        world.clock.advance(DAY)
        syncing.sync(repository_id)

    assert deleted(syncing) == 0
    [first, *_] = syncing.database.rows(
        "select github_node_id from github.pull_request_reviews order by github_review_id"
    )
    assert first["github_node_id"] == api.pull_requests[1].reviews[0].id


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_one_that_failed_under_its_old_id(
    world: World, syncing: Syncing, api: Repository, repository_id: int, is_forgotten: bool
) -> None:
    fault = fail(world, 5)
    api.pull_requests[5].update(title="changed")
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    world.change_node_ids()
    if is_forgotten:
        world.forget_former_node_ids()
    syncing.sync(repository_id)
    assert [one["number"] for one in recorded_failures(syncing)] == [5]
    world.faults.remove(fault)
    world.clock.advance(DAY)

    assert syncing.sync(repository_id)["status"] == "complete"

    assert (recorded_failures(syncing), deleted(syncing)) == ([], 0)
    syncing.sync(repository_id, full_resync=True)
    syncing.assert_equal(api)


def test_a_node_id_that_has_become_another_ones(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    first, second = api.pull_requests[1], api.pull_requests[2]
    world.nodes[first.id], world.nodes[second.id] = second, first

    syncing.sync(repository_id)

    assert (deleted(syncing), suspects(syncing)) == (0, 0)
    ids = syncing.database.rows(
        "select github_node_id from github.pull_requests where number <= 2 order by number"
    )
    assert [row["github_node_id"] for row in ids] == [first.id, second.id], "as its number shows it"


@pytest.mark.parametrize("operation", ["ExistingPullRequests", "ExistingReviews"])
def test_an_answer_that_does_not_show_the_repository_settles_nothing(
    world: World, syncing: Syncing, api: Repository, repository_id: int, operation: str
) -> None:
    api.delete_pull_request(api.pull_requests[2])
    api.pull_requests[3].delete_review(api.pull_requests[3].reviews[0])
    world.faults.add(
        Fault(operation=operation, edit=lambda answer, _: answer["data"].update(repository=None))
    )

    syncing.sync(repository_id, full_resync=True)  # asked again, it does

    assert deleted(syncing) == 1 + 2 + 1
    syncing.assert_equal(api)


def test_a_number_that_github_refuses_settles_nothing(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    api.delete_pull_request(api.pull_requests[2])

    def refuse(answer: dict[str, Any], _: object) -> None:
        for error in answer["errors"]:
            if error["path"][-1] == "number2":
                error |= {"type": "FORBIDDEN", "message": known.NOT_ACCESSIBLE}

    fault = world.faults.add(Fault(operation="ExistingPullRequests", edit=refuse, times=ALWAYS))

    syncing.sync(repository_id, full_resync=True)

    assert (deleted(syncing), suspects(syncing)) == (0, 1)
    world.faults.remove(fault)
    syncing.sync(repository_id)
    assert deleted(syncing) == 1 + 2
