"""Labels: a set that belongs to its pull request; what GitHub no longer lists is removed."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import Fault, PullRequest, Repository, World
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=3, reviews=1)


@pytest.fixture
def pull_request(api: Repository) -> PullRequest:
    return next(iter(api.pull_requests.values()))


def labels(syncing: Syncing, number: int = 1) -> list[dict[str, Any]]:
    return syncing.database.rows(
        "select name, color, description from github.pull_request_labels "
        "join github.pull_requests using (github_pr_id) where number = %(number)s order by name",
        number=number,
    )


def test_all_of_them_with_their_columns(
    syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    pull_request.add_label(api.label("bug", "d73a4a", "Something is not working"))
    pull_request.add_label(api.label("NUL \x00", "ededed"))

    result = syncing.sync(syncing.track(api))

    syncing.assert_equal(api)
    assert labels(syncing) == [
        {"name": "NUL \ufffd", "color": "ededed", "description": None},
        {"name": "bug", "color": "d73a4a", "description": "Something is not working"},
    ]
    assert result["rows_stored"] == {"pull_request_labels": 2}


def test_a_removed_one_goes_and_a_renamed_one_follows(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    kept, gone = api.label("bug"), api.label("stale")
    pull_request.add_label(kept).add_label(gone)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    api.labels.rename(kept, "defect")
    pull_request.remove_label(gone)

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert [label["name"] for label in labels(syncing)] == ["defect"]


def test_the_last_one_goes_too(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    bug = api.label("bug")
    pull_request.add_label(bug)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    pull_request.remove_label(bug)

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert labels(syncing) == []


@pytest.mark.parametrize(("count", "requests"), [(20, 1), (21, 2), (100, 2)])
def test_more_than_fit_on_a_page(
    count: int, requests: int, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    for number in range(count):
        pull_request.add_label(api.label(f"release-{number}"))

    result = syncing.sync(syncing.track(api))

    syncing.assert_equal(api)
    assert (len(labels(syncing)), result["requests"]) == (count, requests)


def test_labels_that_github_does_not_serve_are_not_none(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    """Null is not empty: what is stored stays, and the pull request is a failure."""
    pull_request.add_label(api.label("bug"))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    for number in range(25):
        pull_request.add_label(api.label(f"release-{number}"))
    world.faults.add(Fault(operation="MoreLabels", body={"data": {"node": {"labels": None}}}))

    result = syncing.sync(repository_id)

    assert result["status"] == "complete with 1 failure"
    assert "labels beyond the first page" in result["errors"][0]["error"]
    assert [label["name"] for label in labels(syncing)] == ["bug"]
    assert syncing.sync(repository_id)["status"] == "complete"
    syncing.assert_equal(api)


def test_an_older_answer_does_not_replace_them(
    world: World, syncing: Syncing, api: Repository, pull_request: PullRequest
) -> None:
    pull_request.add_label(api.label("bug"))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    syncing.database.rows(
        "update github.pull_requests set updated_at = updated_at + interval '1 y'"
    )
    api.delete_label(api.label("bug"))

    syncing.sync(repository_id, since=pull_request.created_at)

    assert [label["name"] for label in labels(syncing)] == ["bug"]
