"""Labels: defined by the repository, carried by its pull requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from github_server import SAMPLE_TOKEN, GitHubServer, Repository, World

Ask = Callable[..., dict[str, Any]]

LABELS = """
query ($id: ID!, $first: Int, $after: String) {
  node(id: $id) {
    ... on PullRequest {
      updatedAt
      labels(first: $first, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { __typename id name color description isDefault url }
        edges { node { name } }
      }
    }
  }
}
"""


def names(page: dict[str, Any]) -> list[str]:
    return [label["name"] for label in page["labels"]["nodes"]]


def test_a_pull_requests_labels(api: Repository, ask: Ask) -> None:
    bug = api.label("bug", "d73a4a", "Something is not working")
    pull_request = api.pull_request().add_label(bug)

    labels = ask(LABELS, id=pull_request.id, first=10)["data"]["node"]["labels"]

    assert labels["totalCount"] == 1
    assert labels["edges"] == [{"node": {"name": "bug"}}]
    assert labels["nodes"] == [
        {
            "__typename": "Label",
            "id": bug.id,
            "name": "bug",
            "color": "d73a4a",
            "description": "Something is not working",
            "isDefault": False,
            "url": f"{api.url}/labels/bug",
        }
    ]
    assert ask("query ($id: ID!) { node(id: $id) { id } }", id=bug.id)["data"]["node"]


def test_they_are_paged(api: Repository, ask: Ask) -> None:
    pull_request = api.pull_request()
    for number in range(5):
        pull_request.add_label(api.label(f"l{number}"))

    first = ask(LABELS, id=pull_request.id, first=3)["data"]["node"]
    after = first["labels"]["pageInfo"]["endCursor"]
    rest = ask(LABELS, id=pull_request.id, first=3, after=after)["data"]["node"]

    assert (names(first), names(rest)) == (["l0", "l1", "l2"], ["l3", "l4"])
    assert not rest["labels"]["pageInfo"]["hasNextPage"]


def test_labelling_is_an_update_but_changing_the_label_is_not(
    world: World, api: Repository, ask: Ask
) -> None:
    pull_request, bug = api.pull_request(), api.label("bug")
    created = pull_request.updated_at
    world.clock.advance(60)
    labelled = pull_request.add_label(bug).updated_at
    assert labelled > created
    world.clock.advance(60)
    api.labels.rename(bug, "defect")
    page = ask(LABELS, id=pull_request.id, first=10)["data"]["node"]
    assert names(page) == ["defect"]
    api.delete_label(bug)
    assert names(ask(LABELS, id=pull_request.id, first=10)["data"]["node"]) == []
    assert pull_request.updated_at == labelled
    again = api.label("bug")
    assert again is not bug
    assert pull_request.add_label(again).remove_label(again).updated_at > labelled


def test_rest_shows_them_too(api: Repository, server: GitHubServer) -> None:
    api.pull_request().add_label(api.label("bug"))
    answer = requests.get(
        f"{server.url}/repos/{api.full_name}/pulls",
        headers={"Authorization": f"token {SAMPLE_TOKEN}"},
        timeout=10,
    )
    [pull_request] = answer.json()
    assert [label["name"] for label in pull_request["labels"]] == ["bug"]
