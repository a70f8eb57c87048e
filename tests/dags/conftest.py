"""What only the tests of Dag runs share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from github_server import Repository, World
from tests.fixtures.sentry import sentry

__all__ = ["sentry"]


@pytest.fixture
def on_github(world: World) -> Callable[..., list[Repository]]:
    """Makes repositories by these names, each with one reviewed pull request."""

    def make(*names: str) -> list[Repository]:
        repositories = [world.repository(name) for name in names]
        for repository in repositories:
            pull_request = repository.pull_request("feat: one", author=world.user("alice"))
            pull_request.review(world.user("bob"))
        return repositories

    return make
