"""Each way in which GitHub refuses or fails: the error it becomes, and what the tables say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_server import known_faults as known
from github_sync import errors
from github_sync.api.client import TRIES
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

IP_ALLOW_LIST = (
    "Although you appear to have the correct authorization credentials, the `acme` organization "
    "has an IP allow list enabled, and your IP address is not permitted to access this resource."
)
UNDEFINED_FIELD = {
    "message": "Field 'fullDatabaseId' doesn't exist on type 'PullRequest'",
    "extensions": {"code": "undefinedField"},
}

# What GitHub answers, the error it becomes, and what its message tells the operator.
REFUSALS: dict[str, tuple[Fault, type[errors.SyncError], str]] = {
    "401": (
        Fault(status=401, body={"message": "Bad credentials"}, times=2),
        errors.BadCredentials,
        "Enter a valid token in the Airflow connection",
    ),
    "403": (
        Fault(status=403, body={"message": "Resource not accessible by personal access token"}),
        errors.AccessDenied,
        "Grant the token read access to the repository's pull requests",
    ),
    "403 in GraphQL": (
        Fault(graphql_errors=[{"type": "FORBIDDEN", "message": "Resource not accessible"}]),
        errors.AccessDenied,
        "Grant the token read access",
    ),
    "scopes": (
        Fault(graphql_errors=[{"type": "INSUFFICIENT_SCOPES", "message": "Needs 'repo'."}]),
        errors.AccessDenied,
        "Grant the token read access",
    ),
    "single sign-on": (
        Fault(
            status=403,
            headers={"x-github-sso": "required; url=https://github.example/sso"},
            body={"message": "Resource protected by organization SAML enforcement."},
        ),
        errors.AccessDenied,
        "single sign-on",
    ),
    "IP allow list": (
        Fault(graphql_errors=[{"type": "FORBIDDEN", "message": IP_ALLOW_LIST}]),
        errors.AccessDenied,
        "Add the Airflow workers' addresses",
    ),
    "404": (
        Fault(status=404, body={"message": "Not Found"}),
        errors.ConfigurationError,
        "https://HOST/api/v3",
    ),
    "451": (
        Fault(status=451, body={"message": "Repository access blocked"}),
        errors.RepositoryBlocked,
        "Pause it with the Dag track_github_repositories",
    ),
    "query refused": (
        Fault(graphql_errors=[UNDEFINED_FIELD]),
        errors.QueryRefused,
        "check that the version is supported",
    ),
    "400": (
        Fault(status=400, body={"message": "Problems parsing JSON"}),
        errors.QueryRefused,
        "Problems parsing JSON",
    ),
}

OUTAGES: dict[str, dict[str, Any]] = {
    "500": {"status": 500, "body": {"message": "Server Error"}},
    "502": {"status": 502, "body": known.NGINX_PAGE},
    "503": {"status": 503, "body": known.UNICORN_PAGE},
    "504": {"status": 504, "body": known.NGINX_PAGE},
    "408": {"status": 408},
    "502 in JSON": {"status": 502, "graphql_errors": [{"message": known.TIMEOUT_MESSAGE}]},
    "something went wrong": {"graphql_errors": [{"message": known.TIMEOUT_MESSAGE}]},
    "internal": {"graphql_errors": [{"type": "INTERNAL", "message": "Internal error"}]},
    "timeout of the validation": {
        "graphql_errors": [{"message": "Timeout on validation of query"}]
    },
    "in time": {"graphql_errors": [{"message": "We couldn't respond to your request in time."}]},
    "internal server error": {"graphql_errors": [{"message": "Internal Server Error"}]},
    "request timeout": {"graphql_errors": [{"message": "Request timeout"}]},
    "never seen": {"graphql_errors": [{"type": "NEVER_SEEN", "message": "Oops"}]},
    "only a code": {"graphql_errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]},
    "no more than an object": {"graphql_errors": [{}]},
    "odd parts": {
        "graphql_errors": [{"message": None, "type": 7, "path": "nodes", "extensions": ["x"]}]
    },
    "strings": {"body": {"errors": ["Timeout", None, 7]}},
    "one string": {"body": {"errors": "Timeout"}},
    "one object": {"body": {"errors": {"message": "Timeout"}}},
    "a list as data": {"body": {"data": [], "errors": [None]}},
    "a message": {"body": {"message": "We couldn't respond to your request in time."}},
    "nested too deep": {"body": b"[" * 100_000},
    "a number that is too long": {"body": b"9" * 10_000},
    "499": {"status": 499, "body": known.NGINX_PAGE},
    "409": {"status": 409},
    "425": {"status": 425},
    "460": {"status": 460},
    "520": {"status": 520, "body": known.UNICORN_PAGE},
    "400 of a load balancer": {"status": 400, "body": "<html>Whoa there!</html>"},
    "no date": {"headers": {"date": ""}, "body": b'{"data": {"viewer": {"login": "alice"}}}'},
    "dropped": {"drop": True},
    "truncated": {"truncate": True},
    "HTML": {"body": known.UNICORN_PAGE},
    "empty": {"body": b"", "status": 200},
    "no data": {"body": {"data": None}},
    "an empty object": {"body": b"{}"},
    "a list": {"body": b"[]"},
    "a list of something": {"body": b'[{"data": 1}]'},
    "a string": {"body": b'"hello"'},
    "not UTF-8": {"body": b"\xff\xfe{}"},
    "another query's data": {"body": {"data": {"viewer": {"login": "alice"}}}},
    "no list": {"body": {"data": {"repository": {"id": "R_1", "pullRequests": None}}}},
}


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world)


@pytest.fixture
def repository_id(syncing: Syncing, api: Repository) -> int:
    return syncing.track(api)


@pytest.mark.parametrize("case", REFUSALS)
def test_what_no_retry_can_fix_fails_at_once(
    world: World, syncing: Syncing, repository_id: int, case: str
) -> None:
    fault, kind, remedy = REFUSALS[case]
    world.faults.add(replace(fault))

    with pytest.raises(kind) as caught:
        syncing.sync(repository_id, is_last_try=False)

    assert type(caught.value) is kind
    assert isinstance(caught.value, errors.PermanentError)
    requests = 2 if kind is errors.BadCredentials else 1
    assert world.requests == requests, "GitHub has refused valid tokens for a moment"
    message = str(caught.value)
    assert message.startswith("acme/api: ")
    assert remedy in message
    assert "(GitHub request " in message
    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["last_sync_error"]) == ("error", message)
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["is_final"], attempt["requests"]) == (
        "error",
        True,
        requests,
    )
    assert (attempt["error_class"], attempt["error_message"]) == (kind.__name__, message)


@pytest.mark.parametrize("case", OUTAGES)
def test_a_short_outage_is_sat_out_within_the_task(
    world: World, syncing: Syncing, api: Repository, repository_id: int, case: str
) -> None:
    world.faults.add(Fault(**OUTAGES[case], times=TRIES - 1))

    result = syncing.sync(repository_id)

    assert result["requests"] == TRIES
    syncing.assert_equal(api)


@pytest.mark.parametrize("case", OUTAGES)
def test_a_long_outage_is_worth_another_try(
    world: World, syncing: Syncing, repository_id: int, case: str
) -> None:
    world.faults.add(Fault(**OUTAGES[case], times=ALWAYS))

    with pytest.raises(errors.GitHubUnavailable, match="acme/api"):
        syncing.sync(repository_id, is_last_try=False)

    assert TRIES <= world.requests < 20
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["is_final"]) == ("error", False)
    assert (attempt["error_class"], attempt["requests"]) == ("GitHubUnavailable", world.requests)
    assert syncing.tracked(repository_id)["sync_status"] == "syncing"


def test_the_last_tries_failure_is_the_repositorys(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    fault = world.faults.add(Fault(status=502, times=ALWAYS))
    with pytest.raises(errors.GitHubUnavailable):
        syncing.sync(repository_id, is_last_try=True)
    row = syncing.tracked(repository_id)
    assert row["sync_status"] == "error"
    assert "acme/api" in row["last_sync_error"]

    world.faults.remove(fault)
    syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["last_sync_error"]) == ("complete", None)


def test_a_request_that_takes_too_long(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.settings = syncing.settings.model_copy(update={"request_timeout_seconds": 1})
    world.faults.add(Fault(delay_seconds=1.5))

    assert syncing.sync(repository_id)["requests"] == 2
    syncing.assert_equal(api)


def test_no_server_at_the_address(syncing: Syncing, repository_id: int) -> None:
    syncing.server.stop()

    with pytest.raises(errors.GitHubUnavailable, match="acme/api: no proper answer from GitHub"):
        syncing.sync(repository_id)

    [attempt] = syncing.attempts(repository_id)
    assert TRIES <= attempt["requests"] < 20


def test_an_unknown_repository(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track("acme/nowhere")

    with pytest.raises(
        errors.RepositoryNotFound, match=r"acme/nowhere: .*no owner acme either.*Correct its name"
    ):
        syncing.sync(repository_id)

    assert [each.operation for each in world.request_log] == [
        "ChangedPullRequests",
        "RepositoryOwner",
    ]


def test_a_token_that_may_not_see_it(world: World, syncing: Syncing, repository_id: int) -> None:
    syncing.token = world.token("sees-another", sees=["acme/web"]).secret

    with pytest.raises(errors.RepositoryNotFound, match="Grant the token access"):
        syncing.sync(repository_id)


def test_a_repository_that_is_deleted_later(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    world.delete_repository(api)

    with pytest.raises(errors.RepositoryNotFound, match="acme/api"):
        syncing.sync(repository_id)

    [kept] = syncing.database.rows("select deleted_at from github.pull_requests")
    assert kept["deleted_at"] is None


@pytest.mark.parametrize("message", ["Requires authentication", "Bad credentials"])
def test_a_token_that_github_does_not_know(
    syncing: Syncing, repository_id: int, message: str
) -> None:
    syncing.token = "expired" if message == "Bad credentials" else " "

    with pytest.raises(errors.SyncError, match="acme/api"):
        syncing.sync(repository_id)

    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["is_final"]) == ("error", True)
    assert attempt["error_class"] in ("BadCredentials", "ConfigurationError")
