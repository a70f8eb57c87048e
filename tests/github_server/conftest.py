"""A world at rest on Monday noon, its server, and clients that talk to it over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
import requests
from github import Auth, Github

from github_server import SAMPLE_TOKEN, Clock, GitHubServer, Repository, World
from github_sync.api.documents import document

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def world() -> World:
    return World(clock=Clock(NOON))


@pytest.fixture
def api(world: World) -> Repository:
    return world.repository("acme/api")


@pytest.fixture
def server(world: World) -> Iterator[GitHubServer]:
    with GitHubServer(world) as server:
        yield server


@pytest.fixture
def noon() -> datetime:
    """When the world stands still."""
    return NOON


@pytest.fixture
def client(server: GitHubServer) -> Callable[..., Github]:
    """A PyGithub client for a token."""

    def client(token: str = SAMPLE_TOKEN) -> Github:
        return Github(
            base_url=server.url,
            auth=Auth.Token(token),
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )

    return client


@pytest.fixture
def github(client: Callable[..., Github]) -> Github:
    return client()


@pytest.fixture
def post(server: GitHubServer) -> Callable[..., requests.Response]:
    """Send a GraphQL query as it is: `post("{ viewer { login } }", token=..., x=1)`."""

    def post(query: str, token: str = SAMPLE_TOKEN, **variables: Any) -> requests.Response:
        return requests.post(
            f"{server.root}/api/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"bearer {token}"},
            timeout=10,
        )

    return post


@pytest.fixture
def ask(post: Callable[..., requests.Response]) -> Ask:
    """Send a GraphQL query and read its answer: `ask("{ viewer { login } }")["data"]`."""

    def ask(query: str, **variables: Any) -> dict[str, Any]:
        payload: dict[str, Any] = post(query, **variables).json()
        return payload

    return ask


@pytest.fixture
def project_query() -> Callable[[str], str]:
    """One of the project's queries, with the fragments that it uses."""
    return document


@pytest.fixture
def changed_pull_requests(ask: Ask) -> Ask:
    """The project's main query, by node id: one page with whatever else the answer holds."""

    def changed(
        repository: Repository, size: int = 100, after: str | None = None
    ) -> dict[str, Any]:
        return ask(
            document("scans/changed_pull_requests"),
            byId=True,
            nodeId=repository.id,
            owner="",
            name="",
            pageSize=size,
            after=after,
            withCounts=True,
            withSample=False,
            sample=[],
        )

    return changed
