"""Faults, as a client meets them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import requests

from github_server import ALWAYS, Fault, Repository, World
from github_server import known_faults as known
from github_server.exchange import ReceivedRequest

Ask = Callable[..., dict[str, Any]]
Post = Callable[..., requests.Response]

ME = "query Me { viewer { login } }"
NUMBERED = "query Numbered($n: Int) { viewer { login } rateLimit { used } }"


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        (known.bad_gateway(), 502, "<h1>502 Bad Gateway</h1>"),
        (known.gateway_timeout(), 504, "504 Gateway Time-out"),
        (known.unicorn(), 503, "Unicorn!"),
        (known.server_error(), 500, "Server Error"),
        (known.query_timeout(), 502, "Something went wrong while executing your query."),
        (known.query_timeout(status=200), 200, '"data":null'),
        (known.secondary_limit(), 403, "exceeded a secondary rate limit"),
        (known.secondary_limit(retry_after=None, status=429), 429, "secondary rate limit"),
        (Fault(graphql_errors=[{"type": "INTERNAL", "message": "oh"}]), 200, '"type":"INTERNAL"'),
    ],
)
def test_answers_that_are_not_githubs(
    fault: Fault, status: int, text: str, world: World, post: Post
) -> None:
    world.faults.add(fault)
    answer = post(ME)
    assert answer.status_code == status
    assert text in answer.text
    assert answer.headers["date"]
    assert post(ME).status_code == 200
    assert [request.status for request in world.request_log] == [status, 200]


def test_retry_after(world: World, post: Post) -> None:
    world.faults.add(known.secondary_limit(retry_after=7, times=1))
    world.faults.add(known.secondary_limit(retry_after=None))
    assert post(ME).headers["retry-after"] == "7"
    assert "retry-after" not in post(ME).headers


def test_faults_come_one_after_the_other_for_the_requests_meant(world: World, post: Post) -> None:
    world.faults.add(Fault(status=500, operation="Other", times=ALWAYS))
    world.faults.add(Fault(status=502, operation={"Me"}, times=2))
    world.faults.add(Fault(status=503, operation="Me", skip=1))
    world.faults.add(Fault(status=504, variables=lambda variables: variables.get("n") == 3))
    assert [post(ME).status_code for _ in range(5)] == [502, 502, 200, 503, 200]
    assert [post(NUMBERED, n=n).status_code for n in (1, 2, 3, 3)] == [200, 200, 504, 200]


def test_faults_can_be_removed(world: World, post: Post) -> None:
    fault = world.faults.add(Fault(status=500, times=ALWAYS))
    assert post(ME).status_code == 500
    world.faults.remove(fault)
    assert post(ME).status_code == 200
    world.faults.add(Fault(status=500))
    world.faults.clear()
    assert post(ME).status_code == 200


def test_dropped_connection(world: World, post: Post) -> None:
    world.faults.add(known.dropped_connection())
    with pytest.raises(requests.ConnectionError, match="Connection aborted"):
        post(ME)
    assert world.request_log[-1].status == 0
    assert post(ME).status_code == 200


def test_truncated_answer(world: World, post: Post) -> None:
    world.faults.add(known.truncated_answer())
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        post(ME)


def test_delay(world: World, post: Post) -> None:
    world.faults.add(Fault(delay_seconds=0.2))
    began = time.monotonic()
    assert post(ME).status_code == 200
    assert time.monotonic() - began >= 0.2


def test_null_nodes_stay_until_removed(
    world: World, api: Repository, changed_pull_requests: Ask, ask: Ask, project_query: Any
) -> None:
    pull_requests = [api.pull_request() for _ in range(3)]
    fault = world.faults.add(Fault(null_nodes={2: "Something went wrong"}))
    ids = [each.id for each in pull_requests]
    for _ in range(2):
        answer = changed_pull_requests(api)
        nodes = answer["data"]["node"]["pullRequests"]["nodes"]
        assert [node and node["number"] for node in nodes] == [3, None, 1]
        (error,) = answer["errors"]
        assert error["path"] == ["node", "pullRequests", "nodes", 1]
        assert (error["type"], error["message"]) == ("INTERNAL", "Something went wrong")
    by_id = ask(project_query("lookups/pull_requests_by_id"), repositoryId=api.id, ids=ids)
    assert by_id["data"]["nodes"][1] is None
    assert by_id["errors"][0]["path"] == ["nodes", 1]
    # Its identity can still be read.
    identified = ask(
        project_query("scans/identify_pull_requests"),
        byId=True,
        nodeId=api.id,
        owner="",
        name="",
        pageSize=9,
        after=None,
    )
    assert "errors" not in identified
    existing = ask(project_query("pull_requests/existing"), repositoryId=api.id, ids=ids)
    assert existing["data"]["nodes"][1]["id"] == ids[1]
    world.faults.remove(fault)
    assert "errors" not in changed_pull_requests(api)


def test_null_nodes_with_a_whole_error(
    world: World, api: Repository, changed_pull_requests: Ask
) -> None:
    pull_request = api.pull_request()
    error = {"type": "FORBIDDEN", "message": "no", "extensions": {"saml_failure": True}}
    world.faults.add(Fault(null_nodes={pull_request.id: error}))
    (served,) = changed_pull_requests(api)["errors"]
    assert {key: served[key] for key in error} == error


def test_the_world_changes_under_a_request(
    world: World, api: Repository, changed_pull_requests: Ask
) -> None:
    pull_request = api.pull_request("before")
    world.faults.add(Fault(before_answer=lambda: pull_request.update(title="during")))
    world.faults.add(Fault(before_sending=lambda: pull_request.update(title="after")))
    (node,) = changed_pull_requests(api)["data"]["node"]["pullRequests"]["nodes"]
    assert (node["title"], pull_request.title) == ("during", "after")


def test_a_source_thinks_up_faults(world: World, post: Post) -> None:
    class EverySecondRequest:
        def __init__(self) -> None:
            self.requests = 0

        def faults_for(self, call: ReceivedRequest) -> Sequence[Fault]:
            self.requests += 1
            return [known.bad_gateway()] if self.requests % 2 == 0 else []

    world.faults.add_source(EverySecondRequest())
    assert [post(ME).status_code for _ in range(4)] == [200, 502, 200, 502]
