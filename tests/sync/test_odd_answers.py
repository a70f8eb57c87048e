"""Answers that no documentation foresees: nothing is lost, and nothing is falsely green."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_sync.errors import GitHubUnavailable
from tests.fixtures.syncing import Syncing
from tests.sync.failures import recorded_failures
from tests.sync.histories import DAY, newest, with_history


def page_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The pull requests in an answer to a scan's question."""
    root = answer["data"].get("node") or answer["data"]["repository"]
    return dict(root)["pullRequests"]


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=250, reviews=1)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return syncing.track(api)


WHICH_COUNTS = ("totalCount", "open", "closed", "merged")


@pytest.mark.parametrize("date", ["Fri, 01 Jan 2089 00:00:00 GMT", "Sat, 28 Nov 2026 00:00:00 GMT"])
def test_a_date_in_the_future_moves_no_watermark_there(
    world: World, syncing: Syncing, api: Repository, repository_id: int, date: str
) -> None:
    world.faults.add(Fault(headers={"date": date}, times=ALWAYS))
    syncing.sync(repository_id)
    is_past = "select last_sync_at <= now() as is_past from github.tracked_repositories"
    assert syncing.database.one(is_past)["is_past"]
    world.faults.clear()


def test_a_watermark_in_the_future_is_put_right_by_a_full_resync(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    syncing.database.rows("update github.tracked_repositories set last_sync_at = '2099-01-01'")
    syncing.sync(repository_id, full_resync=True)
    world.clock.advance(DAY)
    newest(api, 1)[0].update(title="changed")

    syncing.sync(repository_id)

    syncing.assert_equal(api)


PAGE_INFOS: dict[str, dict[str, Any] | None] = {
    "null": None,
    "empty": {},
    "has_next null": {"hasNextPage": None, "endCursor": "x"},
    "has_next missing": {"endCursor": "x"},
    "has_next a string": {"hasNextPage": "true", "endCursor": "x"},
}


@pytest.mark.parametrize("info", PAGE_INFOS)
@pytest.mark.parametrize("times", [1, ALWAYS])
def test_a_page_that_does_not_say_whether_more_follow(
    syncing: Syncing, repository_id: int, api: Repository, info: str, times: float
) -> None:
    world = syncing.world

    def edit(answer: dict[str, Any], _: object) -> None:
        page_of(answer)["pageInfo"] = PAGE_INFOS[info]

    world.faults.add(Fault(operation="ChangedPullRequests", edit=edit, times=times))
    if times == ALWAYS:
        with pytest.raises(GitHubUnavailable, match="did not list"):
            syncing.sync(repository_id)
        assert syncing.last_sync_at(repository_id) is None
        world.faults.clear()

    syncing.sync(repository_id)

    syncing.assert_equal(api)


def test_an_announced_page_that_is_empty_is_asked_for_once_more(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    def edit(answer: dict[str, Any], _: object) -> None:
        page_of(answer).update(nodes=[], pageInfo={"hasNextPage": False, "endCursor": None})

    world.faults.add(Fault(operation="ChangedPullRequests", edit=edit, skip=1))

    syncing.sync(repository_id)

    syncing.assert_equal(api)


@pytest.mark.parametrize("info", [*PAGE_INFOS, "no cursor"])
def test_a_child_that_does_not_say_whether_more_follow(
    world: World, syncing: Syncing, info: str
) -> None:
    """Its pull request fails, and what is stored of it stays."""
    api = with_history(world, "acme/labels", pull_requests=2)
    for number in range(50):
        api.pull_requests[1].add_label(api.label(f"label-{number}"))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    api.pull_requests[1].update(title="changed")
    page_infos = {**PAGE_INFOS, "no cursor": {"hasNextPage": True, "endCursor": ""}}

    def edit(answer: dict[str, Any], _: object) -> None:
        for node in page_of(answer)["nodes"]:
            node["labels"]["pageInfo"] = page_infos[info]

    fault = world.faults.add(Fault(operation="ChangedPullRequests", edit=edit, times=ALWAYS))

    syncing.sync(repository_id)

    assert 1 in [one["number"] for one in recorded_failures(syncing)]
    labels = syncing.database.one("select count(*) as n from github.pull_request_labels")
    assert labels["n"] == 50
    world.faults.remove(fault)
    world.clock.advance(DAY)
    syncing.sync(repository_id)
    syncing.assert_equal(api)


@pytest.mark.parametrize("value", [-5, 0, 3, "250", [], True, 10**12])
@pytest.mark.parametrize("where", WHICH_COUNTS)
def test_a_count_that_is_wrong(
    syncing: Syncing, api: Repository, repository_id: int, where: str, value: Any
) -> None:
    def edit(answer: dict[str, Any], _: object) -> None:
        root = answer["data"].get("node") or answer["data"]["repository"]
        page = root["pullRequests"] if where == "totalCount" else root[where]
        page["totalCount"] = value

    syncing.world.faults.add(Fault(operation="ChangedPullRequests", edit=edit, times=ALWAYS))

    result = syncing.sync(repository_id)

    assert (result["status"], result["prs_synced"]) == ("complete", 250)
    syncing.assert_equal(api)


@pytest.mark.parametrize("newest", [[{"updatedAt": None}], [{}], [{"updatedAt": "yesterday"}], [3]])
def test_a_newest_update_that_is_no_time(
    world: World, syncing: Syncing, api: Repository, repository_id: int, newest: list[Any]
) -> None:
    def edit(answer: dict[str, Any], _: object) -> None:
        root = answer["data"].get("node") or answer["data"]["repository"]
        root["newest"]["nodes"] = newest

    world.faults.add(Fault(operation="ChangedPullRequests", edit=edit, times=ALWAYS))

    syncing.sync(repository_id)

    syncing.assert_equal(api)


@pytest.mark.parametrize("sample", [["x"] * 100, [], [None], [{"id": 3}] * 100, {}, "x"])
def test_a_sample_that_is_none(
    world: World, syncing: Syncing, api: Repository, repository_id: int, sample: Any
) -> None:
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    world.faults.add(
        Fault(
            operation="ChangedPullRequests",
            edit=lambda answer, _: answer["data"].update(sample=sample),
        )
    )

    assert syncing.sync(repository_id)["status"] == "complete"

    syncing.assert_equal(api)


@pytest.mark.parametrize("shown", [None, {}])
def test_a_repositorys_id_that_leads_nowhere_without_an_error(
    world: World, syncing: Syncing, api: Repository, repository_id: int, shown: Any
) -> None:
    """As of an object of another type. It is found again by its database id; else GitHub failed."""
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    old = api.id

    def edit(answer: dict[str, Any], variables: Any) -> None:
        if variables.get("nodeId") == old:
            answer["data"]["node"] = shown
            answer.pop("errors", None)

    world.faults.add(Fault(operation="ChangedPullRequests", edit=edit, times=ALWAYS))
    with pytest.raises(GitHubUnavailable, match="by its name that it has"):
        syncing.sync(repository_id)
    assert syncing.tracked(repository_id)["github_state"] == "active"
    world.change_node_ids()
    world.forget_former_node_ids()

    syncing.sync(repository_id)

    assert syncing.tracked(repository_id)["github_node_id"] == api.id
    syncing.sync(repository_id, full_resync=True)
    syncing.assert_equal(api)


@pytest.mark.parametrize(
    ("operation", "status"),
    [("ExistingReviews", 502), ("MoreReviews", 502), ("MoreReviews", 403)],
)
def test_reviews_that_cannot_be_confirmed_stop_nothing(
    world: World, syncing: Syncing, operation: str, status: int
) -> None:
    api = with_history(world, "acme/busy", pull_requests=3, reviews=120)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    for number in (1, 2):
        pull_request = api.pull_requests[number]
        updated_at = pull_request.updated_at
        pull_request.delete_review(pull_request.reviews[0])
        pull_request.updated_at = updated_at
    fault = world.faults.add(
        Fault(operation=operation, status=status, times=ALWAYS, body={"message": "No."})
    )

    for _ in range(4):
        assert syncing.sync(repository_id)["status"] == "complete"
        world.clock.advance(DAY)

    world.faults.remove(fault)
    for _ in range(4):
        syncing.sync(repository_id)
        world.clock.advance(DAY)
    syncing.assert_equal(api)


def test_ids_that_change_between_the_scan_and_the_confirmation(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    api.delete_pull_request(api.pull_requests[9])

    def change() -> None:
        world.change_node_ids()
        world.forget_former_node_ids()

    world.faults.add(Fault(operation="ExistingPullRequests", before_answer=change))

    assert syncing.sync(repository_id, full_resync=True)["status"] == "complete"

    syncing.sync(repository_id, full_resync=True)
    syncing.assert_equal(api)


@pytest.mark.parametrize("status", [502, 429])
def test_a_repository_that_cannot_be_looked_for_is_not_called_gone(
    world: World, syncing: Syncing, api: Repository, repository_id: int, status: int
) -> None:
    syncing.sync(repository_id)
    world.change_node_ids()
    world.forget_former_node_ids()
    fault = world.faults.add(Fault(operation="RepositoryOwner", status=status, times=ALWAYS))

    with pytest.raises(Exception, match=r"502|rate limit"):
        syncing.sync(repository_id)

    assert syncing.tracked(repository_id)["github_state"] == "active"
    world.faults.remove(fault)
    syncing.sync(repository_id)
    assert syncing.tracked(repository_id)["github_node_id"] == api.id
