"""Each of the project's queries, answered as GitHub answers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from github import Github

from github_server import Repository, World
from github_server.graphql_api import checked

Ask = Callable[..., dict[str, Any]]
ProjectQuery = Callable[[str], str]
QUERIES = Path(__file__).parents[2] / "include" / "graphql"


def test_every_query_of_the_project_is_valid(project_query: ProjectQuery) -> None:
    names = [
        path.relative_to(QUERIES).with_suffix("").as_posix()
        for path in QUERIES.rglob("*.graphql")
        if "\nquery " in path.read_text()
    ]
    assert len(names) >= 7
    for name in names:
        _, wrong = checked(project_query(name))
        assert not wrong, f"{name}.graphql: {wrong[0]}"


def test_pygithub_requester_sends_queries(github: Github, api: Repository) -> None:
    query = {"query": "query Me { viewer { login } }", "variables": {}}
    requester = github.requester
    headers, payload = requester.requestJsonAndCheck("POST", requester.graphql_url, input=query)
    assert payload == {"data": {"viewer": {"login": "sample-viewer"}}}
    assert headers["date"] == "Mon, 02 Mar 2026 12:00:00 GMT"
    assert headers["x-github-request-id"].count(":") == 4


def test_page_of_changed_pull_requests(
    world: World, api: Repository, changed_pull_requests: Ask
) -> None:
    alice, bob = world.user("alice"), world.user("bob")
    pull_request = api.pull_request("feat: 🚀", author=alice, body="a\x00b", additions=7)
    review = pull_request.submit_review(bob, "APPROVED", body="ok", commit_oid="abc1234def")
    pull_request.merge(by=world.bot("mergebot"))

    page = changed_pull_requests(api)["data"]["node"]

    assert page["newest"]["nodes"] == [{"updatedAt": "2026-03-02T12:00:00Z"}]
    assert page["pullRequests"]["totalCount"] == 1
    assert not page["pullRequests"]["pageInfo"]["hasNextPage"]
    assert page["pullRequests"]["nodes"] == [
        {
            "id": pull_request.id,
            "fullDatabaseId": "5000000001",
            "number": 1,
            "title": "feat: 🚀",
            "body": "a\x00b",
            "state": "MERGED",
            "isDraft": False,
            "author": {"__typename": "User", "login": "alice", "databaseId": alice.database_id},
            "createdAt": "2026-03-02T12:00:00Z",
            "updatedAt": "2026-03-02T12:00:00Z",
            "closedAt": "2026-03-02T12:00:00Z",
            "mergedAt": "2026-03-02T12:00:00Z",
            "mergedBy": {
                "__typename": "Bot",
                "login": "mergebot",
                "databaseId": world.bot("mergebot").database_id,
            },
            "baseRefName": "main",
            "headRefName": "topic",
            "headRefOid": pull_request.head_ref_oid,
            "additions": 7,
            "deletions": 0,
            "changedFiles": 1,
            "commits": {"totalCount": 1},
            "url": "https://github.example/acme/api/pull/1",
            "labels": {
                "pageInfo": {"hasNextPage": False, "endCursor": None},
                "nodes": [],
            },
            "reviews": {
                "pageInfo": {"hasNextPage": False, "endCursor": ANY_CURSOR},
                "nodes": [
                    {
                        "id": review.id,
                        "fullDatabaseId": "6000000001",
                        "state": "APPROVED",
                        "submittedAt": "2026-03-02T12:00:00Z",
                        "body": "ok",
                        "url": "https://github.example/acme/api/pull/1#pullrequestreview-6000000001",
                        "commit": {"oid": "abc1234def"},
                        "author": {
                            "__typename": "User",
                            "login": "bob",
                            "databaseId": bob.database_id,
                        },
                    }
                ],
            },
        }
    ]


class _AnyCursor:
    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    __hash__ = None  # type: ignore[assignment]


ANY_CURSOR = _AnyCursor()


def test_pending_and_hidden_reviews(
    world: World, api: Repository, changed_pull_requests: Ask
) -> None:
    pull_request = api.pull_request()
    pull_request.review(None, "PENDING", commit_oid=None)
    pull_request.review(world.user("alice"), "PENDING", visible=False)
    nodes = changed_pull_requests(api)["data"]["node"]["pullRequests"]["nodes"]
    (shown,) = nodes[0]["reviews"]["nodes"]
    assert (shown["state"], shown["submittedAt"], shown["commit"]) == ("PENDING", None, None)


@pytest.mark.parametrize("text", ["\ud800 alone", "\x00", "x" * 2_000_000, "👩‍👩‍👧‍👦"])
def test_text_is_whatever_json_carries(
    text: str, api: Repository, changed_pull_requests: Ask
) -> None:
    api.pull_request(text, body=text)
    (node,) = changed_pull_requests(api)["data"]["node"]["pullRequests"]["nodes"]
    assert (node["title"], node["body"]) == (text, text)


def test_more_reviews(
    api: Repository, ask: Ask, changed_pull_requests: Ask, project_query: ProjectQuery
) -> None:
    pull_request = api.pull_request()
    reviews = [pull_request.review(None, "COMMENTED") for _ in range(130)]
    (node,) = changed_pull_requests(api)["data"]["node"]["pullRequests"]["nodes"]
    assert len(node["reviews"]["nodes"]) == 100
    after = node["reviews"]["pageInfo"]["endCursor"]
    rest = ask(project_query("reviews/more"), pullRequestId=pull_request.id, after=after)
    assert [each["id"] for each in rest["data"]["node"]["reviews"]["nodes"]] == [
        review.id for review in reviews[100:]
    ]


def test_nodes_that_are_gone(
    world: World, api: Repository, ask: Ask, project_query: ProjectQuery
) -> None:
    kept, gone = api.pull_request(), api.pull_request()
    api.delete_pull_request(gone)
    answer = ask(
        project_query("lookups/pull_requests_by_id"), repositoryId=api.id, ids=[kept.id, gone.id]
    )
    assert answer["data"]["repository"] == {"id": api.id}
    assert [node and node["id"] for node in answer["data"]["nodes"]] == [kept.id, None]
    (error,) = answer["errors"]
    assert error["type"] == "NOT_FOUND"
    assert error["path"] == ["nodes", 1]
    assert error["message"] == f"Could not resolve to a node with the global id of '{gone.id}'."


def test_pull_requests_by_id(api: Repository, ask: Ask, project_query: ProjectQuery) -> None:
    wanted = [api.pull_request(), api.pull_request()]
    ids = [each.id for each in wanted]
    answer = ask(project_query("lookups/pull_requests_by_id"), repositoryId=api.id, ids=ids)
    assert [node["number"] for node in answer["data"]["nodes"]] == [1, 2]


def test_repository_by_name_follows_renames(
    world: World, api: Repository, ask: Ask, project_query: ProjectQuery
) -> None:
    world.rename(api, "acme/new")
    query = project_query("lookups/named_repository")
    answer = ask(query, owner="ACME", name="api")
    assert answer["data"]["repository"] == {
        "id": api.id,
        "databaseId": api.database_id,
        "nameWithOwner": "acme/new",
        "isArchived": False,
        "isFork": False,
    }
    usurper = world.repository("acme/api", is_archived=True)
    assert ask(query, owner="acme", name="api")["data"]["repository"]["id"] == usurper.id


def test_owned_repositories(
    world: World, api: Repository, ask: Ask, project_query: ProjectQuery
) -> None:
    world.repository("acme/Website", is_fork=True)
    world.repository("else/where")
    query = project_query("lookups/owned_repositories")
    owner = ask(query, login="acme")["data"]["repositoryOwner"]
    names = [node["nameWithOwner"] for node in owner["repositories"]["nodes"]]
    assert names == ["acme/api", "acme/Website"]
    assert ask(query, login="nobody") == {"data": {"repositoryOwner": None}}


def test_deleted_users_become_ghosts(
    world: World, api: Repository, changed_pull_requests: Ask
) -> None:
    alice = world.user("alice")
    api.pull_request(author=alice).merge(by=alice).review(alice)
    world.delete_user(alice)
    (node,) = changed_pull_requests(api)["data"]["node"]["pullRequests"]["nodes"]
    assert node["author"] is node["mergedBy"] is node["reviews"]["nodes"][0]["author"] is None


def test_mannequins_and_disabled_pull_requests(
    world: World, api: Repository, changed_pull_requests: Ask
) -> None:
    api.pull_request(author=world.mannequin("mona"))
    (node,) = changed_pull_requests(api)["data"]["node"]["pullRequests"]["nodes"]
    assert node["author"]["__typename"] == "Mannequin"
    api.pull_requests_enabled = False
    assert changed_pull_requests(api)["data"]["node"]["pullRequests"]["nodes"] == []


def test_verbs_move_updated_at_to_githubs_clock(
    world: World, api: Repository, noon: datetime
) -> None:
    pull_request = api.pull_request(updated_at=noon - timedelta(days=3))
    review = pull_request.review(None, "PENDING")
    world.clock.advance(90.7)
    pull_request.delete_review(review)
    assert pull_request.updated_at == noon + timedelta(seconds=90)
    with pytest.raises(TypeError, match="tittle"):
        pull_request.update(tittle="typo")
