"""Keyset paging: what moves while a client pages, and GitHub's limits on pages."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from github_server import PullRequest, Repository, World

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def twelve(api: Repository, noon: datetime) -> list[PullRequest]:
    """Twelve pull requests, the last one updated last; some share their second."""
    return [api.pull_request(updated_at=noon - timedelta(hours=20 - n // 3)) for n in range(12)]


def page_through(
    changed: Ask, repository: Repository, between: Callable[[], object] = lambda: None
) -> list[int]:
    seen: list[int] = []
    after = None
    while True:
        page = changed(repository, size=5, after=after)["data"]["node"]["pullRequests"]
        seen += [node["number"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return seen
        after = page["pageInfo"]["endCursor"]
        between()


def test_pages_come_newest_first_without_gaps(
    api: Repository, twelve: list[PullRequest], changed_pull_requests: Ask
) -> None:
    assert page_through(changed_pull_requests, api) == list(range(12, 0, -1))


def test_a_pull_request_updated_while_paging_hides_no_other(
    world: World, api: Repository, twelve: list[PullRequest], changed_pull_requests: Ask
) -> None:
    still = iter(twelve)
    seen = page_through(changed_pull_requests, api, between=lambda: next(still).update())
    assert set(seen) == set(range(3, 13))  # 1 and 2 moved to the front, behind the client
    assert len(seen) == len(set(seen))
    assert page_through(changed_pull_requests, api)[:2] == [2, 1]


def test_a_row_at_the_cursor_may_vanish(
    api: Repository, twelve: list[PullRequest], changed_pull_requests: Ask
) -> None:
    first = changed_pull_requests(api, size=5)["data"]["node"]["pullRequests"]
    api.delete_pull_request(twelve[7])
    after = first["pageInfo"]["endCursor"]
    second = changed_pull_requests(api, size=5, after=after)["data"]["node"]["pullRequests"]
    assert [node["number"] for node in second["nodes"]] == [7, 6, 5, 4, 3]


def test_cursors_look_like_githubs(
    api: Repository, twelve: list[PullRequest], changed_pull_requests: Ask
) -> None:
    page = changed_pull_requests(api, size=1)["data"]["node"]["pullRequests"]
    assert base64.b64decode(page["pageInfo"]["endCursor"]).startswith(b"cursor:v2:")


def test_orders_filters_edges_and_last(
    api: Repository, twelve: list[PullRequest], ask: Ask
) -> None:
    twelve[4].close()
    twelve[5].merge()
    answer = ask(
        """query ($id: ID!) { node(id: $id) { ... on Repository {
            oldest: pullRequests(first: 2) { edges { cursor node { number } } }
            newest: pullRequests(last: 2) { nodes { number } pageInfo { hasPreviousPage } }
            done: pullRequests(first: 9, states: [CLOSED, MERGED]) { nodes { number } }
            pullRequests { totalCount }
            pullRequest(number: 5) { closed merged }
        } } }""",
        id=api.id,
    )["data"]["node"]
    assert [edge["node"]["number"] for edge in answer["oldest"]["edges"]] == [1, 2]
    assert answer["newest"]["nodes"] == [{"number": 11}, {"number": 12}]
    assert answer["newest"]["pageInfo"]["hasPreviousPage"]
    assert {node["number"] for node in answer["done"]["nodes"]} == {5, 6}
    assert answer["pullRequests"] == {"totalCount": 12}
    assert answer["pullRequest"] == {"closed": True, "merged": False}


@pytest.mark.parametrize(
    ("arguments", "type_", "message"),
    [
        (
            "",
            "MISSING_PAGINATION_BOUNDARIES",
            (
                "You must provide a `first` or `last` value to properly paginate the "
                "`pullRequests` connection."
            ),
        ),
        (
            "(first: 101)",
            "EXCESSIVE_PAGINATION",
            (
                "Requesting 101 records on the `pullRequests` connection exceeds the `first` "
                "limit of 100 records."
            ),
        ),
        (
            '(first: 1, after: "nonsense")',
            "INVALID_CURSOR_ARGUMENTS",
            "`nonsense` does not appear to be a valid cursor.",
        ),
    ],
)
def test_refused_pages(
    arguments: str, type_: str, message: str, twelve: list[PullRequest], ask: Ask
) -> None:
    answer = ask(
        '{ repository(owner: "acme", name: "api") { pullRequests'
        + arguments
        + " { nodes { id } } } }"
    )
    assert answer["data"] == {"repository": None}
    (error,) = answer["errors"]
    assert error["path"] == ["repository", "pullRequests"]
    assert (error["type"], error["message"]) == (type_, message)
    assert error["locations"]


def test_a_cursor_of_another_connection_is_refused(
    api: Repository, twelve: list[PullRequest], ask: Ask, changed_pull_requests: Ask
) -> None:
    owner = (
        '{ repositoryOwner(login: "acme") { repositories(first: 1) { pageInfo { endCursor } } } }'
    )
    cursor = ask(owner)["data"]["repositoryOwner"]["repositories"]["pageInfo"]["endCursor"]
    answer = changed_pull_requests(api, after=cursor)
    assert answer["errors"][0]["type"] == "INVALID_CURSOR_ARGUMENTS"
