"""Who sees what: tokens, renames, deletions, single sign-on, GitHub Apps, quotas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
import requests
from github import Auth, Github, GithubIntegration
from github.GithubException import BadCredentialsException, UnknownObjectException

from github_server import GitHubServer, RateLimit, Repository, World

Ask = Callable[..., dict[str, Any]]
Post = Callable[..., requests.Response]

REPOSITORY = 'query Repo($name: String!) { repository(owner: "acme", name: $name) { id } }'
SSO_MESSAGE = (
    "Resource protected by organization SAML enforcement. You must grant your Personal Access "
    "token access to this organization."
)


def test_unknown_tokens_are_refused(post: Post, client: Callable[..., Github]) -> None:
    answer = post("{ viewer { login } }", token="stolen")
    assert answer.status_code == 401
    assert answer.json()["message"] == "Bad credentials"
    with pytest.raises(BadCredentialsException):
        client("stolen").get_repo("acme/api")


def test_expired_and_revoked_tokens_are_refused(world: World, post: Post) -> None:
    world.token("short", expires_at=world.now() + timedelta(minutes=5))
    world.revoke(world.token("gone"))
    assert post("{ viewer { login } }", token="short").status_code == 200
    assert post("{ viewer { login } }", token="gone").status_code == 401
    world.clock.advance(300)
    assert post("{ viewer { login } }", token="short").status_code == 401


def test_an_unseen_repository_is_not_found(
    world: World, api: Repository, post: Post, client: Callable[..., Github]
) -> None:
    world.token("narrow", sees={"acme/other"})
    answer = post(REPOSITORY, token="narrow", name="api").json()
    assert answer["data"] == {"repository": None}
    (error,) = answer["errors"]
    assert error["type"] == "NOT_FOUND"
    assert error["path"] == ["repository"]
    assert error["message"] == "Could not resolve to a Repository with the name 'acme/api'."
    node = post("query ($id: ID!) { node(id: $id) { id } }", token="narrow", id=api.id).json()
    assert node["errors"][0]["type"] == "NOT_FOUND"
    with pytest.raises(UnknownObjectException):
        client("narrow").get_repo("acme/api")


def test_access_outlives_renames(world: World, api: Repository, post: Post) -> None:
    world.token("narrow", sees={"acme/api"})
    world.rename(api, "acme/new")
    answer = post(REPOSITORY, token="narrow", name="api").json()
    assert answer == {"data": {"repository": {"id": api.id}}}


def test_deleted_repositories_are_gone(world: World, api: Repository, post: Post) -> None:
    pull_request = api.pull_request()
    world.rename(api, "acme/new")
    world.delete_repository(api)
    for name in ("api", "new"):
        assert post(REPOSITORY, name=name).json()["errors"][0]["type"] == "NOT_FOUND"
    node = post("query ($id: ID!) { node(id: $id) { id } }", id=pull_request.id).json()
    assert node["data"] == {"node": None}


def test_single_sign_on(world: World, api: Repository, post: Post, server: GitHubServer) -> None:
    world.token("no-sso", sso_blocked_orgs={"acme"})
    answer = post(REPOSITORY, token="no-sso", name="api").json()
    assert answer["data"] == {"repository": None}
    (error,) = answer["errors"]
    assert error["type"] == "FORBIDDEN"
    assert error["extensions"] == {"saml_failure": True}
    assert error["message"] == SSO_MESSAGE
    headers = {"Authorization": "token no-sso"}
    rest = requests.get(f"{server.url}/repos/acme/api", headers=headers, timeout=10)
    assert rest.status_code == 403
    assert rest.headers["x-github-sso"].startswith("required; url=")


def test_github_app_installation(world: World, api: Repository, server: GitHubServer) -> None:
    world.app(app_id=7, installation_id=77, sees={"acme/api"})
    key = "signs web tokens, which the server believes unseen"
    auth = Auth.AppAuth(7, sign_func=lambda claims: jwt.encode(claims, key, "HS256"))
    integration = GithubIntegration(base_url=server.url, auth=auth)
    github = integration.get_github_for_installation(77)
    assert github.get_repo("acme/api").id == api.database_id
    token = integration.get_access_token(77)
    assert token.token.startswith("ghs_")
    assert world.request_log[-2].token_suffix != token.token


def test_quota_is_counted_per_token_and_resource(
    world: World, api: Repository, post: Post, server: GitHubServer
) -> None:
    world.rate_limit = RateLimit(limit=2, window_seconds=600)
    world.token("other")
    first = post(REPOSITORY, name="api")
    assert first.headers["x-ratelimit-limit"] == "2"
    assert first.headers["x-ratelimit-remaining"] == "1"
    assert first.headers["x-ratelimit-used"] == "1"
    assert first.headers["x-ratelimit-resource"] == "graphql"
    assert int(first.headers["x-ratelimit-reset"]) == world.now().timestamp() + 600

    asked = post("{ rateLimit { limit cost used remaining resetAt } }").json()["data"]["rateLimit"]
    assert (asked["limit"], asked["cost"], asked["used"], asked["remaining"]) == (2, 1, 2, 0)
    spent = post(REPOSITORY, name="api")
    assert spent.status_code == 200
    user = world.viewer.database_id
    message = f"API rate limit exceeded for user ID {user}."
    assert spent.json() == {"errors": [{"type": "RATE_LIMITED", "message": message}]}
    assert spent.headers["x-ratelimit-remaining"] == "0"
    world.rate_limit.error_type = "RATE_LIMIT"
    assert post(REPOSITORY, name="api").json()["errors"] == [
        {
            "type": "RATE_LIMIT",
            "code": "graphql_rate_limit",
            "message": f"API rate limit already exceeded for user ID {user}.",
        }
    ]

    assert "data" in post(REPOSITORY, token="other", name="api").json()
    rest = requests.get(
        f"{server.url}/user", headers={"Authorization": "token sample-token"}, timeout=10
    )
    assert rest.headers["x-ratelimit-resource"] == "core"

    world.clock.advance(600)
    assert post(REPOSITORY, name="api").headers["x-ratelimit-remaining"] == "1"


def test_spent_rest_quota(world: World, server: GitHubServer) -> None:
    world.rate_limit = RateLimit(limit=1)
    headers = {"Authorization": "token sample-token"}
    get = [requests.get(f"{server.url}/user", headers=headers, timeout=10) for _ in range(2)]
    assert [answer.status_code for answer in get] == [200, 403]
    assert get[1].json()["message"].startswith("API rate limit exceeded for user ID")
    limits = requests.get(f"{server.url}/rate_limit", headers=headers, timeout=10).json()
    assert limits["resources"]["core"]["remaining"] == 0
    assert limits["resources"]["graphql"]["remaining"] == 1


def test_every_request_is_logged_without_its_token(
    world: World, api: Repository, post: Post
) -> None:
    post(REPOSITORY, name="api")
    (request,) = world.requests_of("Repo")
    assert world.requests == 1
    assert (request.method, request.path, request.status) == ("POST", "/api/graphql", 200)
    assert request.variables == {"name": "api"}
    assert request.token_suffix == "…oken"
    assert "sample-token" not in repr(world.request_log)


def test_malformed_requests(post: Post, server: GitHubServer) -> None:
    headers = {"Authorization": "token sample-token"}
    url = f"{server.root}/api/graphql"
    assert requests.post(url, data=b"{", headers=headers, timeout=10).status_code == 400
    missing = requests.post(url, json={}, headers=headers, timeout=10).json()["errors"][0]
    assert missing["message"] == "A query attribute must be specified and must be a string."
    unknown = post("{ viewer { shoeSize } }").json()
    assert "shoeSize" in unknown["errors"][0]["message"]
    assert "data" not in unknown
    assert "data" not in post(REPOSITORY).json()
    assert requests.get(f"{server.url}/nowhere", headers=headers, timeout=10).status_code == 404
