"""When GitHub cannot say when the repository last changed, it may be just now."""

from __future__ import annotations

import json
from typing import Any

import pytest

from github_server import ALWAYS, Fault, FaultSource, World
from github_server.exchange import ReceivedRequest
from github_server.graphql_api import answer_graphql
from github_server.resolving import Context
from github_sync.errors import GitHubUnavailable
from tests.fixtures.syncing import Syncing
from tests.sync.histories import newest, outage, with_history


class NewestUnknown(FaultSource):
    """GitHub's true answers, but for the newest pull request's time."""

    def __init__(self, world: World) -> None:
        self.world = world

    def faults_for(self, call: ReceivedRequest) -> list[Fault]:
        if call.operation != "ChangedPullRequests":
            return []
        answer = self._true_answer(call)
        [root] = answer["data"].keys() - {"sample"}
        repository = answer["data"][root]
        repository["newest"]["nodes"] = [None]
        path = [root, "newest", "nodes", 0]
        answer["errors"] = [{"type": "INTERNAL", "path": path, "message": "Something went wrong"}]
        return [Fault(body=answer)]

    def _true_answer(self, call: ReceivedRequest) -> dict[str, Any]:
        token = self.world.valid_token(call.credential)
        assert token
        quota = token.quota("graphql", self.world.rate_limit, self.world.now())
        answer: dict[str, Any] = json.loads(
            answer_graphql(call, Context(self.world, token, quota)).body
        )
        return answer


def test_a_sync_that_goes_on_reads_what_may_have_changed(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=150)
    repository_id = syncing.track(api)
    fault = world.faults.add(outage(ALWAYS, skip=1))
    with pytest.raises(GitHubUnavailable):
        syncing.sync(repository_id)
    world.faults.remove(fault)
    world.clock.advance(3600)
    newest(api, 1)[0].update(title="changed in between")
    world.faults.add_source(NewestUnknown(world))

    result = syncing.sync(repository_id)

    assert result["errors"] == []
    syncing.assert_equal(api)
