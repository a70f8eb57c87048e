"""The states a repository may be in, what may stand in a token's way, and random faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import requests

from github_server import SAMPLE_TOKEN, Fault, GitHubServer, RandomFaults, Repository, World
from github_server import known_faults as known
from github_server.random_faults import KINDS

Ask = Callable[..., dict[str, Any]]
Post = Callable[..., requests.Response]
REPOSITORY = 'query ($name: String!) { repository(owner: "acme", name: $name) { id } }'
OWNER = """
{ repositoryOwner(login: "acme") {
    ... on Organization { viewerIsAMember }
    repositories(privacy: PRIVATE) { totalCount } } }
"""
NODES = "query ($ids: [ID!]!) { sample: nodes(ids: $ids) { id } }"
CONTENT = """
query ($id: ID!, $n: Int!) { node(id: $id) { ... on Repository {
  open: pullRequests(states: OPEN) { totalCount }
  pullRequests(first: $n, orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { %s } } } } }
"""


def rest(server: GitHubServer, path: str) -> requests.Response:
    headers = {"Authorization": f"token {SAMPLE_TOKEN}"}
    return requests.get(server.url + path, headers=headers, timeout=10)


def test_an_ip_allow_list(world: World, api: Repository, ask: Ask, server: GitHubServer) -> None:
    world.tokens[SAMPLE_TOKEN].ip_blocked_orgs = ["ACME"]
    answer = ask(REPOSITORY, name="api")
    assert answer["data"] == {"repository": None}
    (error,) = answer["errors"]
    assert error["type"] == "FORBIDDEN"
    assert "`acme` organization has an IP allow list enabled" in error["message"]
    refused = rest(server, "/repos/acme/api")
    assert (refused.status_code, refused.json()["message"]) == (403, error["message"])
    assert ask(OWNER)["data"]["repositoryOwner"]["repositories"]["totalCount"] == 0


def test_a_block_for_legal_reasons(api: Repository, ask: Ask, server: GitHubServer) -> None:
    api.block_reason = "dmca"
    (error,) = ask(REPOSITORY, name="api")["errors"]
    assert error["message"] == "Repository access blocked"
    refused = rest(server, "/repos/acme/api")
    assert refused.status_code == 451
    assert refused.json()["block"]["reason"] == "dmca"


def test_what_a_token_sees_of_an_owner(world: World, api: Repository, ask: Ask) -> None:
    world.repository("acme/public", visibility="PUBLIC")
    token = world.tokens[SAMPLE_TOKEN]
    seen = {"viewerIsAMember": True, "repositories": {"totalCount": 1}}
    assert ask(OWNER)["data"]["repositoryOwner"] == seen
    token.member_of, token.sees = [], ["acme/public"]
    seen = {"viewerIsAMember": False, "repositories": {"totalCount": 0}}
    assert ask(OWNER)["data"]["repositoryOwner"] == seen


def test_whose_account_it_is(world: World, ask: Ask) -> None:
    world.user("alice")
    query = '{ a: user(login: "alice") { isViewer } b: user(login: "sample-viewer") { isViewer } }'
    assert ask(query)["data"] == {"a": {"isViewer": False}, "b": {"isViewer": True}}


def test_disabled_pull_requests_are_hidden_by_id_too(
    api: Repository, ask: Ask, server: GitHubServer
) -> None:
    pull_request = api.pull_request()
    review = pull_request.review()
    api.pull_requests_enabled = False
    answer = ask(NODES, ids=[api.id, pull_request.id, review.id])
    assert answer["data"]["sample"] == [{"id": api.id}, None, None]
    assert [error["path"] for error in answer["errors"]] == [["sample", 1], ["sample", 2]]
    assert {error["type"] for error in answer["errors"]} == {"NOT_FOUND"}
    shown = rest(server, f"/repositories/{api.database_id}").json()
    assert shown["has_pull_requests"] is False
    api.pull_requests_enabled = True
    assert "errors" not in ask(NODES, ids=[pull_request.id, review.id])


def test_a_pull_request_that_is_too_heavy(world: World, api: Repository, post: Post) -> None:
    light, heavy = api.pull_request("light"), api.pull_request("heavy")
    fault = world.faults.add(known.too_heavy(heavy.number))
    for size, content, status in ((2, "title", 502), (2, "number", 200), (0, "title", 200)):
        answer = post(CONTENT % content, id=api.id, n=size)
        assert answer.status_code == status, (size, content)
    world.clock.advance(1)
    light.update()
    assert post(CONTENT % "title", id=api.id, n=1).status_code == 200
    world.faults.remove(fault)
    answer = post(CONTENT % "title", id=api.id, n=2)
    assert answer.json()["data"]["node"]["open"] == {"totalCount": 2}


def ask_with_random_faults(world: World, post: Post, seed: int, **options: Any) -> list[str]:
    faults = RandomFaults(seed, **options)
    world.faults.add_source(faults)
    for _ in range(60):
        with suppress(requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            post("{ viewer { login } }")
    world.faults.clear()
    return faults.history


def test_random_faults_are_the_same_for_the_same_seed(world: World, post: Post) -> None:
    first, again, other = (ask_with_random_faults(world, post, seed) for seed in (7, 7, 8))
    assert first == again != other
    assert 3 <= len(first) <= 30


def test_every_kind_of_random_fault_happens_and_they_end(world: World, post: Post) -> None:
    history = ask_with_random_faults(world, post, 1, faults_per_request=1)
    assert len(history) == 60
    assert len(Counter(history)) > len(KINDS) / 2
    assert len(ask_with_random_faults(world, post, 1, faults_per_request=1, most=5)) == 5


def test_random_faults_may_be_stopped(world: World, post: Post) -> None:
    faults = RandomFaults(1, faults_per_request=1)
    world.faults.add_source(faults)
    faults.stop()
    assert post("{ viewer { login } }").json()["data"] == {"viewer": {"login": "sample-viewer"}}
    assert faults.history == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_a_fault(world: World, post: Post, kind: str) -> None:
    fault = world.faults.add(KINDS[kind]())
    assert isinstance(fault, Fault)
    try:
        answer = post("{ viewer { login } }")
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        return
    assert answer.status_code != 200 or "errors" in answer.json()
