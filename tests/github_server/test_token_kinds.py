"""What GitHub tells of a token with each answer, and what scopes and permissions let it read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from github_server import GitHubServer, Repository, World

Post = Callable[..., requests.Response]
PULL_REQUESTS = """query ($ids: [ID!]!) { nodes(ids: $ids) {
    ... on Repository { nameWithOwner pullRequests(first: 1) { totalCount } }
} }"""


@pytest.fixture
def public(world: World) -> Repository:
    return world.repository("acme/open", visibility="PUBLIC")


def test_each_answer_tells_scopes_and_expiry(world: World, post: Post) -> None:
    world.token("ghp_one", scopes=["repo", "read:org"], expires_at=world.now() + timedelta(days=1))
    world.token("github_pat_two", permissions={"metadata": "read"})

    classic = post("{ viewer { login } }", token="ghp_one").headers
    fine_grained = post("{ viewer { login } }", token="github_pat_two").headers

    assert classic["x-oauth-scopes"] == "repo, read:org"
    assert classic["github-authentication-token-expiration"] == "2026-03-03 12:00:00 UTC"
    assert "x-oauth-scopes" not in fine_grained
    assert "github-authentication-token-expiration" not in fine_grained


def test_without_the_scope_repo_what_is_private_is_hidden(
    world: World, api: Repository, public: Repository, post: Post
) -> None:
    world.token("ghp_one", scopes=["read:org"])

    answer = post(PULL_REQUESTS, token="ghp_one", ids=[api.id, public.id]).json()

    assert [bool(node) for node in answer["data"]["nodes"]] == [False, True]
    assert answer["errors"][0]["type"] == "NOT_FOUND"


WHO = {"github_pat_two": "personal access token", "ghs_three": "integration"}


@pytest.mark.parametrize("secret", WHO)
def test_without_the_permission_the_whole_repository_is_null(
    secret: str, world: World, api: Repository, public: Repository, post: Post
) -> None:
    """Its pullRequests are non-null, so an error there takes the repository with it."""
    world.token(secret, permissions={"metadata": "read"})

    answer = post(PULL_REQUESTS, token=secret, ids=[api.id, public.id]).json()

    assert [bool(node) for node in answer["data"]["nodes"]] == [False, True]
    [error] = answer["errors"]
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["nodes", 0, "pullRequests"])
    assert error["message"] == f"Resource not accessible by {WHO[secret]}"


def test_rest_refuses_it_too(world: World, api: Repository, server: GitHubServer) -> None:
    world.token("github_pat_two", permissions={"metadata": "read"})

    def get(path: str) -> requests.Response:
        headers = {"Authorization": "token github_pat_two"}
        return requests.get(f"{server.url}{path}", headers=headers, timeout=10)

    assert get("/repos/acme/api").status_code == 200
    assert get("/repos/acme/api/pulls").status_code == 403


def test_single_sign_on_says_where_to_go(world: World, api: Repository, post: Post) -> None:
    world.token("ghp_one", sso_blocked_orgs=["acme"])

    answer: Any = post(PULL_REQUESTS, token="ghp_one", ids=[api.id])

    assert answer.status_code == 200
    assert answer.headers["x-github-sso"].startswith(
        "required; url=https://github.example/orgs/acme/sso?authorization_request="
    )
