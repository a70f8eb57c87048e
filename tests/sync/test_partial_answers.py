"""GitHub sends a pull request without one of its parts: it is not stored as if it were whole."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import Fault, Repository, World
from github_sync.api.client import TRIES
from github_sync.api.documents import document
from github_sync.errors import SyncError
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history

WHY = "Something went wrong while serving this one."


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=5, reviews=1)


@pytest.fixture
def repository_id(world: World, syncing: Syncing, api: Repository) -> int:
    """Synced once; then all of it changed."""
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    for pull_request in api.pull_requests.values():
        pull_request.update(title="changed")
    return repository_id


def true_page(syncing: Syncing, api: Repository) -> dict[str, Any]:
    """GitHub's true answer to the next sync's first question."""
    owner, name = api.full_name.split("/")
    target = {"byId": True, "nodeId": api.id, "owner": owner, "name": name}
    github = syncing.open_github(api.full_name)
    answer = github.query(
        document("scans/changed_pull_requests"),
        target
        | {"pageSize": 100, "after": None, "withCounts": True, "withSample": False, "sample": []},
    )
    github.close()
    return {"data": answer.data}


def send(syncing: Syncing, page: dict[str, Any]) -> None:
    syncing.world.faults.add(Fault(operation="ChangedPullRequests", body=page))


def title(syncing: Syncing, number: int) -> str:
    row = syncing.database.one(
        "select title from github.pull_requests where number = %(number)s", number=number
    )
    return str(row["title"])


@pytest.mark.parametrize(
    "path",
    [["author"], ["title"], ["commits"], ["reviews"], ["reviews", "nodes", 0, "author"]],
    ids=lambda path: " ".join(map(str, path)),
)
def test_an_error_about_a_part(
    world: World, syncing: Syncing, api: Repository, repository_id: int, path: list[Any]
) -> None:
    page = true_page(syncing, api)
    part = node = page["data"]["node"]["pullRequests"]["nodes"][1]
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = None
    whole_path = ["node", "pullRequests", "nodes", 1, *path]
    page["errors"] = [{"type": "INTERNAL", "path": whole_path, "message": WHY}]
    send(syncing, page)

    result = syncing.sync(repository_id)

    assert result["errors"] == [{"number": node["number"], "error": WHY}]
    assert result["prs_synced"] == 4
    assert title(syncing, node["number"]) != "changed"
    world.clock.advance(DAY)
    assert syncing.sync(repository_id)["errors"] == []
    syncing.assert_equal(api)


@pytest.mark.parametrize("field", ["title", "url", "commits", "reviews", "createdAt"])
def test_a_part_that_is_missing_without_a_word(
    syncing: Syncing, api: Repository, repository_id: int, field: str
) -> None:
    page = true_page(syncing, api)
    node = page["data"]["node"]["pullRequests"]["nodes"][0]
    del node[field]
    send(syncing, page)

    result = syncing.sync(repository_id)

    assert [error["number"] for error in result["errors"]] == [node["number"]]
    assert field in result["errors"][0]["error"]
    assert title(syncing, node["number"]) != "changed"


def test_a_pull_request_of_which_only_the_place_is_sent(
    syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """It is asked which one that is."""
    page = true_page(syncing, api)
    number = page["data"]["node"]["pullRequests"]["nodes"][2]["number"]
    page["data"]["node"]["pullRequests"]["nodes"][2] = None
    send(syncing, page)

    result = syncing.sync(repository_id)

    assert [error["number"] for error in result["errors"]] == [number]
    assert "without a reason" in result["errors"][0]["error"]
    assert len(syncing.world.requests_of("IdentifyPullRequests")) == 1


def test_an_error_about_the_whole_list_is_not_taken_for_an_empty_one(
    syncing: Syncing, api: Repository, repository_id: int
) -> None:
    page = true_page(syncing, api)
    page["data"]["node"]["pullRequests"]["nodes"] = []
    path = ["node", "pullRequests"]
    page["errors"] = [{"type": "FORBIDDEN", "path": path, "message": "Not for you."}]
    send(syncing, page)
    before = syncing.last_sync_at(repository_id)

    with pytest.raises(SyncError, match="Not for you"):
        syncing.sync(repository_id)

    assert syncing.last_sync_at(repository_id) == before
    assert syncing.tracked(repository_id)["sync_status"] == "error"


def test_which_one_it_is_stays_unknown(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """No progress is better than a gap without a number."""
    page = true_page(syncing, api)
    page["data"]["node"]["pullRequests"]["nodes"][2] = None
    send(syncing, page)
    nothing = {"data": {"node": {"pullRequests": None}}}
    world.faults.add(Fault(operation="IdentifyPullRequests", body=nothing, times=TRIES))
    before = syncing.last_sync_at(repository_id)

    with pytest.raises(SyncError, match="did not list"):
        syncing.sync(repository_id)

    assert syncing.last_sync_at(repository_id) == before
    syncing.sync(repository_id)
    syncing.assert_equal(api)


def test_the_last_one_within_the_window_is_not_confused_with_its_neighbour(
    syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """Errors are matched by place on the page: those of older pull requests do not count."""
    page = true_page(syncing, api)
    nodes = page["data"]["node"]["pullRequests"]["nodes"]
    nodes[4]["updatedAt"] = "2020-01-01T00:00:00Z"
    path = ["node", "pullRequests", "nodes", 4, "author"]
    page["errors"] = [{"type": "INTERNAL", "path": path, "message": WHY}]
    send(syncing, page)

    result = syncing.sync(repository_id)

    assert (result["errors"], result["prs_synced"]) == ([], 4)
