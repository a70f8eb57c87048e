"""What a preflight finds out, with how few requests, and that it shows no secret."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from typing import Any

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_server import known_faults as known
from github_sync.errors import ListWithoutEnd
from github_sync.tracking.report import report_lines
from github_sync.tracking.request import TrackRequest
from github_sync.tracking.track import TrackResult, track_repositories
from tests.fixtures.syncing import Syncing
from tests.sync.test_secrets import ANSWERS, FINE_GRAINED, HOSTILE, OLD_TOKEN, SECRETS, TOKEN

CHECK = TrackRequest(organizations=["acme"], check_only=True)
KINDS = {
    "classic token": TOKEN,
    "fine-grained token": FINE_GRAINED,
    "OAuth token": "gho_" + "A1b2C3d4" * 4,
    "user token of a GitHub App": "ghu_" + "A1b2C3d4" * 4,
    "GitHub App installation": "ghs_" + "A1b2C3d4" * 4,
    "credentials of an unknown kind": OLD_TOKEN,
}


def run(syncing: Syncing, request: TrackRequest) -> TrackResult:
    with closing(syncing.database.warehouse()) as warehouse:
        return track_repositories(request, warehouse, syncing.open_github)


def asked(world: World) -> list[str]:
    return [str(one.operation) for one in world.request_log]


def preflight_of(outcome: TrackResult) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    assert outcome.preflight is not None
    [connection] = outcome.preflight["connections"]
    return connection, {one["repository"]: one for one in outcome.preflight["repositories"]}


def tracked(syncing: Syncing) -> list[str]:
    rows = syncing.database.rows("select full_name from github.tracked_repositories order by 1")
    return [row["full_name"] for row in rows]


@pytest.fixture
def api(world: World) -> Repository:
    repository = world.repository("acme/api")
    repository.pull_request(author=world.user("alice")).review(world.user("bob"))
    return repository


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_reported_and_none_is_shown(
    kind: str, world: World, syncing: Syncing, api: Repository
) -> None:
    secret = KINDS[kind]
    world.token(secret)
    syncing.token = secret

    outcome = run(syncing, CHECK)

    assert preflight_of(outcome)[0]["kind"] == kind
    assert secret not in str(asdict(outcome))


def test_sixty_repositories_are_one_request(world: World, syncing: Syncing) -> None:
    for number in range(60):
        world.repository(f"acme/service-{number:02}").pull_request()

    run(syncing, TrackRequest(organizations=["acme"]))

    assert asked(world) == ["OwnedRepositories", "Preflight"]
    assert len(tracked(syncing)) == 60
    world.request_log.clear()
    again = run(syncing, TrackRequest(check_only=True))
    assert asked(world) == ["Preflight"], "what is tracked is known by its id"
    assert len(preflight_of(again)[1]) == 60
    lines = [line.text for line in report_lines(again.preflight or {})]
    assert lines[-1] == "  and 40 more, all readable"


def test_too_many_at_once_are_asked_for_in_parts(world: World, syncing: Syncing) -> None:
    for number in range(150):
        world.repository(f"acme/service-{number:03}")
    world.faults.add(Fault(operation="Preflight", status=502, times=1))

    outcome = run(syncing, CHECK)

    assert len(preflight_of(outcome)[1]) == 150
    sizes = [len(one.variables["ids"]) for one in world.requests_of("Preflight")]
    assert sizes == [100, 50, 100]
    assert outcome.refused == []


def test_what_github_does_not_answer_is_unknown_and_tracked(
    world: World, syncing: Syncing, api: Repository
) -> None:
    world.faults.add(Fault(operation="Preflight", status=502, times=ALWAYS))

    outcome, check = run(syncing, TrackRequest(organizations=["acme"])), run(syncing, CHECK)

    assert outcome.tracked == tracked(syncing) == ["acme/api"]
    assert outcome.refused == []
    assert preflight_of(outcome)[1]["acme/api"]["pull_requests"] == "unknown"
    assert [one["name"] for one in check.refused] == ["acme/api"], "a check must know"
    assert check.tracked == []


def test_reviews_that_cannot_be_read(world: World, syncing: Syncing, api: Repository) -> None:
    world.faults.add(Fault(operation="Preflight", null_nodes={1: "Something went wrong"}))

    outcome = run(syncing, CHECK)

    found = preflight_of(outcome)[1]["acme/api"]
    assert (found["pull_requests"], found["reviews"], found["number"]) == ("yes", "unknown", 1)
    assert "Something went wrong" in found["error"]


@pytest.mark.parametrize("case", ANSWERS)
def test_no_secret_comes_out_of_what_github_says(
    case: str,
    world: World,
    syncing: Syncing,
    api: Repository,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world.faults.add(Fault(**ANSWERS[case], operation="Preflight", times=ALWAYS))
    caplog.set_level(logging.DEBUG, logger="github_sync")

    outcome = run(syncing, CHECK)

    assert preflight_of(outcome)[0]["error"]
    said = str(asdict(outcome)) + caplog.text
    assert [secret for secret in SECRETS if secret in said] == []


def test_nor_out_of_its_headers(world: World, syncing: Syncing, api: Repository) -> None:
    hostile = {
        "x-oauth-scopes": f"repo, {TOKEN}",
        "x-github-sso": f"required; url=https://x:{TOKEN}@github.example/orgs/acme/sso?t={OLD_TOKEN}",
        "github-authentication-token-expiration": HOSTILE,
        "x-github-request-id": TOKEN,
    }
    body = {"message": f"SAML: {HOSTILE}"}
    fault = Fault(operation="Preflight", status=403, headers=hostile, body=body, times=ALWAYS)
    world.faults.add(fault)

    outcome = run(syncing, CHECK)

    connection, found = preflight_of(outcome)
    assert connection["scopes"] == ["repo", "***"]
    assert connection["sso_required_by"] == ["acme"]
    assert found["acme/api"]["pull_requests"] == "no"
    said = str(asdict(outcome)) + str(list(report_lines(outcome.preflight or {})))
    assert [secret for secret in SECRETS if secret in said] == []


def test_a_field_that_github_refuses_is_named_once(
    world: World, syncing: Syncing, api: Repository
) -> None:
    """It is no reason not to track the repository."""
    web = world.repository("acme/web")
    web.pull_request(author=world.user("alice")).review(world.user("bob"))
    world.faults.add(known.refused_field("reviews", "commit"))

    outcome = run(syncing, TrackRequest(organizations=["acme"]))

    _, repositories = preflight_of(outcome)
    assert outcome.tracked == ["acme/api", "acme/web"]
    assert repositories["acme/api"]["refused_fields"] == {"reviews.commit": known.NOT_ACCESSIBLE}
    assert outcome.preflight
    lines = [line.text for line in report_lines(outcome.preflight) if "reviews.commit" in line.text]
    assert lines == [
        f"  WITHOUT reviews.commit: {known.NOT_ACCESSIBLE}. It stays NULL for acme/api, acme/web. "
        'Grant the repository permission "Contents: read-only".'
    ]


def test_stored_ids_that_github_no_longer_knows(
    world: World, syncing: Syncing, api: Repository
) -> None:
    run(syncing, TrackRequest(organizations=["acme"]))
    world.change_node_ids()
    world.forget_former_node_ids()

    outcome = run(syncing, TrackRequest(check_only=True))

    _, repositories = preflight_of(outcome)
    assert outcome.refused == []
    assert repositories["acme/api"]["pull_requests"] == "yes"


@pytest.mark.parametrize("cursor", [known.standing_cursor, known.null_cursor])
def test_an_organization_whose_list_does_not_move_on(
    world: World, syncing: Syncing, cursor: Callable[..., Fault]
) -> None:
    for number in range(120):
        world.repository(f"acme/service-{number:03}")
    world.faults.add(cursor(operation="OwnedRepositories"))

    with pytest.raises(ListWithoutEnd, match="acme: GitHub's list of repositories"):
        run(syncing, TrackRequest(organizations=["acme"]))

    assert len(asked(world)) <= 2
    assert tracked(syncing) == []


OPTIONAL = [("isFork",), ("isArchived",), ("totalCount",), ("viewer",), ("mergedBy",)]


@pytest.mark.parametrize("names", OPTIONAL, ids=".".join)
@pytest.mark.parametrize(
    "request_", [TrackRequest(organizations=["acme"]), TrackRequest(repositories=["acme/api"])]
)
def test_what_is_only_good_to_know_may_be_missing(
    world: World,
    syncing: Syncing,
    api: Repository,
    names: tuple[str, ...],
    request_: TrackRequest,
) -> None:
    world.faults.add(known.refused_field(*names, kind="INTERNAL", message="Not now."))

    outcome = run(syncing, request_)

    assert (outcome.tracked, outcome.refused) == (["acme/api"], [])


def test_an_organization_without_repositories(world: World, syncing: Syncing) -> None:
    world.organization("empty")

    assert run(syncing, TrackRequest(organizations=["empty"])).tracked == []


def test_one_repository_of_an_organization_that_github_does_not_serve(
    world: World, syncing: Syncing, api: Repository
) -> None:
    """The others are tracked, and the run fails with its reason."""
    for number in range(5):
        world.repository(f"acme/service-{number}")

    def spoil(answer: dict[str, Any], _: object) -> None:
        answer["data"]["repositoryOwner"]["repositories"]["nodes"][2] = None
        path = ["repositoryOwner", "repositories", "nodes", 2]
        answer["errors"] = [{"type": "INTERNAL", "path": path, "message": "It broke."}]

    world.faults.add(Fault(operation="OwnedRepositories", edit=spoil))

    outcome = run(syncing, TrackRequest(organizations=["acme"]))

    assert len(outcome.tracked) == 5
    [refused] = outcome.refused
    assert "It broke." in refused["error"]


def test_a_stored_id_that_has_become_another_repositorys(
    world: World, syncing: Syncing, api: Repository
) -> None:
    run(syncing, TrackRequest(organizations=["acme"]))
    other = world.repository("acme/other")
    for _ in range(9):
        other.pull_request()
    world.nodes[api.id] = other

    outcome = run(syncing, TrackRequest(check_only=True))

    _, repositories = preflight_of(outcome)
    assert repositories["acme/api"]["number"] != 9


def test_the_links_follow_a_name_under_which_a_repository_is_tracked_again(
    world: World, syncing: Syncing, api: Repository
) -> None:
    run(syncing, TrackRequest(repositories=["acme/api"]))
    [row] = syncing.database.rows("select repository_id from github.tracked_repositories")
    syncing.sync(row["repository_id"])
    world.rename(api, "acme/new")

    run(syncing, TrackRequest(repositories=["acme/new"]))

    syncing.assert_equal(api)
