"""What each of GitHub's refusals means, and how long it asks to wait."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest

from github_server import known_faults as known
from github_server.errors import SSO_MESSAGE
from github_sync.api.transport.refusals import error_of_graphql, error_of_status
from github_sync.errors import (
    AccessDenied,
    AppRefused,
    BadCredentials,
    ConfigurationError,
    GitHubUnavailable,
    InvalidCursor,
    QueryRefused,
    RateLimited,
    RepositoryBlocked,
    RepositoryNotFound,
    SyncError,
)

GITHUB_NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
"""Years from the worker's clock."""
SECONDARY = {"message": known.SECONDARY_LIMIT_MESSAGE}
PRIMARY = {"message": "API rate limit exceeded for user ID 1."}


def of_status(status: int, body: object = None, **headers: object) -> SyncError:
    return error_of_status(status, lower(headers), body, "acme/api")


def of_graphql(*errors: dict[str, Any], **headers: object) -> SyncError:
    return error_of_graphql(list(errors), lower(headers), "acme/api")


def lower(headers: dict[str, object]) -> dict[str, str]:
    return {name.replace("_", "-"): str(value) for name, value in headers.items()}


HTTP_NOW = format_datetime(GITHUB_NOW, usegmt=True)
RESET = int(GITHUB_NOW.timestamp()) + 600


def dated(seconds: float) -> dict[str, object]:
    """The headers of a limit that ends at a date so many seconds from GitHub's now."""
    return {
        "date": HTTP_NOW,
        "retry_after": format_datetime(GITHUB_NOW + timedelta(seconds=seconds), usegmt=True),
    }


def spent(reset_in: float) -> dict[str, object]:
    """The headers of a spent quota that GitHub renews so many seconds from its own now."""
    return {
        "date": format_datetime(GITHUB_NOW, usegmt=True),
        "x_ratelimit_remaining": 0,
        "x_ratelimit_reset": int(GITHUB_NOW.timestamp() + reset_in),
    }


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"message": "Bad credentials"}, BadCredentials, "valid token"),
        (403, {"message": "Resource not accessible"}, AccessDenied, "read access"),
        (403, {"message": SSO_MESSAGE}, AccessDenied, "SAML"),
        (403, {"message": "... IP allow list enabled ..."}, AccessDenied, "IP allow list"),
        (404, {"message": "Not Found"}, ConfigurationError, "/api/v3"),
        (451, {"message": "Repository access blocked"}, RepositoryBlocked, "Pause"),
        (400, {"message": "Problems parsing JSON"}, QueryRefused, "Problems parsing JSON"),
        (422, {"message": "Unprocessable"}, QueryRefused, "422"),
        (400, "<html>Whoa there!</html>", GitHubUnavailable, "400"),
        (407, "", ConfigurationError, "HTTP_PROXY"),
        (405, None, QueryRefused, "405"),
        (413, None, QueryRefused, "413"),
        (408, None, GitHubUnavailable, "408"),
        (409, None, GitHubUnavailable, "409"),
        (421, None, GitHubUnavailable, "421"),
        (425, None, GitHubUnavailable, "425"),
        (460, None, GitHubUnavailable, "460"),
        (499, None, GitHubUnavailable, "499"),
        (520, "", GitHubUnavailable, "520"),
        (530, "<html>", GitHubUnavailable, "530"),
        (500, {"message": "Server Error"}, GitHubUnavailable, "500"),
        (502, {"data": known.NGINX_PAGE}, GitHubUnavailable, "502"),
        (503, known.UNICORN_PAGE, GitHubUnavailable, "503"),
        (504, "", GitHubUnavailable, "504"),
        (418, ["no", "object"], GitHubUnavailable, "418"),
        (403, {"message": "This installation has been suspended"}, AppRefused, "Unsuspend"),
    ],
)
def test_a_status(status: int, body: object, kind: type[SyncError], words: str) -> None:
    error = of_status(status, body, x_github_request_id="C318:5862")
    assert type(error) is kind
    assert str(error).startswith("acme/api: ")
    assert words in str(error)
    assert str(error).endswith("(GitHub request C318:5862)")


def test_single_sign_on_is_reported_by_its_header_too() -> None:
    error = of_status(403, {"message": "Forbidden"}, x_github_sso="required; url=https://...")
    assert isinstance(error, AccessDenied)
    assert "single sign-on" in error.remedy


@pytest.mark.parametrize(
    ("status", "body", "headers", "seconds"),
    [
        (403, SECONDARY, {"retry_after": 90}, 90),
        (429, SECONDARY, {"retry_after": 0}, 0),
        (403, SECONDARY, {}, 60),
        (429, None, {}, 60),
        (403, {"message": "You have triggered an abuse detection mechanism."}, {}, 60),
        (403, {"message": "Maximum number of login attempts exceeded. Try again."}, {}, 60),
        (403, SECONDARY, {"retry_after": "90, 120"}, 90),
        (403, SECONDARY, {"retry_after": "1.5"}, 1.5),
        (403, SECONDARY, {"retry_after": "-5"}, 60),
        (403, SECONDARY, {"retry_after": 10**9}, 7200),
        (403, SECONDARY, {"retry_after": "9" * 40}, 60),
        (403, SECONDARY, dated(120), 120),
        (403, SECONDARY, dated(10**7), 7200),
        (403, SECONDARY, dated(-120), 60),
        (403, PRIMARY, spent(10**7), 7200),
        (403, PRIMARY, spent(0) | {"x_ratelimit_reset": f"{RESET}000"}, 601),
        (403, PRIMARY, spent(0) | {"x_ratelimit_reset": "9" * 25}, 60),
        (403, PRIMARY, spent(0) | {"x_ratelimit_reset": f"{RESET}, {RESET}"}, 601),
        (403, PRIMARY, spent(600) | {"x_ratelimit_remaining": "0, 0"}, 601),
        (403, PRIMARY, spent(600) | {"x_ratelimit_remaining": "0, 4000"}, 601),
        (403, PRIMARY, spent(600) | {"date": f"{HTTP_NOW}, {HTTP_NOW}"}, 601),
        (403, PRIMARY, spent(600) | {"date": HTTP_NOW.replace("GMT", "-0000")}, 601),
        (403, PRIMARY, spent(1800), 1801),
        (429, PRIMARY, spent(0), 1),
        (403, PRIMARY, spent(-30), 1),
        (403, {"message": "Forbidden"}, spent(10), 11),
        (403, SECONDARY, spent(1800) | {"retry_after": 30}, 30),
        (403, SECONDARY, {"retry_after": "Mon, 02 Mar 2026 12:00:00 GMT"}, 60),
        (403, SECONDARY, {"retry_after": ""}, 60),
        (403, PRIMARY, spent(10) | {"x_ratelimit_reset": "soon"}, 60),
        (403, SECONDARY, spent(1800) | {"x_ratelimit_remaining": 4000}, 60),
    ],
)
def test_a_limit_says_how_long_to_wait(
    status: int, body: object, headers: dict[str, object], seconds: float
) -> None:
    error = of_status(status, body, **headers)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_without_a_date_our_own_clock_must_do() -> None:
    headers = spent(0) | {"x_ratelimit_reset": int(datetime.now(timezone.utc).timestamp()) + 100}
    del headers["date"]
    error = of_status(403, PRIMARY, **headers)
    assert isinstance(error, RateLimited)
    assert 98 <= error.retry_after <= 102


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, RateLimited, "limit"),
        ({"type": "RATE_LIMIT", "message": "API rate limit already exceeded"}, RateLimited, ""),
        ({"message": known.SECONDARY_LIMIT_MESSAGE}, RateLimited, "secondary"),
        ({"type": "FORBIDDEN", "message": SSO_MESSAGE}, AccessDenied, "single sign-on"),
        ({"type": "FORBIDDEN", "message": "not accessible"}, AccessDenied, "read access"),
        ({"type": "INSUFFICIENT_SCOPES", "message": "needs repo"}, AccessDenied, "needs repo"),
        ({"type": "NOT_FOUND", "message": "Could not resolve"}, RepositoryNotFound, "pause it"),
        ({"type": "INVALID_CURSOR_ARGUMENTS", "message": "`x` bad"}, InvalidCursor, "cursor"),
        ({"message": known.TIMEOUT_MESSAGE}, GitHubUnavailable, "Something went wrong"),
        ({"type": "INTERNAL", "message": ""}, GitHubUnavailable, ""),
        ({"type": "SERVICE_UNAVAILABLE", "message": "Oops"}, GitHubUnavailable, "Oops"),
        ({"type": "RESOURCE_LIMITS_EXCEEDED", "message": "big"}, GitHubUnavailable, "big"),
        ({"message": "Repository blocked: DMCA takedown"}, RepositoryBlocked, "legal reasons"),
        ({"extensions": {"code": "undefinedField"}, "message": "no"}, QueryRefused, "Enterprise"),
        ({"type": "undefinedField", "message": "no"}, QueryRefused, ""),
        ({"extensions": {"code": "argumentNotAccepted"}, "message": "no"}, QueryRefused, ""),
        ({"extensions": {"code": "variableMismatch"}, "message": "no"}, QueryRefused, ""),
        ({"extensions": {"code": "missingRequiredArguments"}, "message": ""}, QueryRefused, ""),
        ({"type": "EXCESSIVE_PAGINATION", "message": "Requesting 101"}, QueryRefused, "101"),
        ({"type": "excessive_pagination", "message": "Requesting 101"}, QueryRefused, "101"),
        ({"message": "Field 'x' doesn't exist on type 'PullRequest'"}, QueryRefused, "'x'"),
        ({"message": 'Parse error on "}" (RCURLY) at [1, 5]'}, QueryRefused, "RCURLY"),
        ({"message": "Cannot query field 'x' on type 'Repository'."}, QueryRefused, "'x'"),
        ({"path": ["query Page", "node"], "message": "Never seen"}, QueryRefused, "Never seen"),
        ({"path": ["fragment Rows", "x"], "message": "Never seen"}, QueryRefused, "Never seen"),
        (
            {"extensions": {"value": None, "problems": []}, "message": "Variable is invalid"},
            QueryRefused,
            "Variable",
        ),
        ({}, GitHubUnavailable, "no message"),
        ({"message": "Timeout on validation of query"}, GitHubUnavailable, "githubstatus"),
        (
            {"extensions": {"code": "validationTimeout"}, "message": "Timeout on validation"},
            GitHubUnavailable,
            "",
        ),
        ({"message": "We couldn't respond to your request in time."}, GitHubUnavailable, "in time"),
        ({"message": "Internal Server Error"}, GitHubUnavailable, "Internal"),
        ({"message": "Request timeout"}, GitHubUnavailable, ""),
        ({"message": "Never seen"}, GitHubUnavailable, "Never seen"),
        ({"type": "NEVER_SEEN", "message": ""}, GitHubUnavailable, ""),
        ({"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "many"}, GitHubUnavailable, "many"),
        ({"extensions": {"code": "INTERNAL_SERVER_ERROR"}, "message": "x"}, GitHubUnavailable, ""),
        ({"message": "A query attribute must be specified"}, GitHubUnavailable, "attribute"),
        ({"type": "rate_limited", "message": ""}, RateLimited, ""),
        ({"extensions": {"code": "RATE_LIMITED"}, "message": ""}, RateLimited, ""),
        ({"type": "Not_Found", "message": ""}, RepositoryNotFound, ""),
        ({"type": "forbidden", "message": "suspended"}, AccessDenied, "suspended"),
        ({"type": "FORBIDDEN", "message": "This installation has been suspended"}, AppRefused, ""),
    ],
)
def test_an_error_of_graphql(error: dict[str, Any], kind: type[SyncError], words: str) -> None:
    raised = of_graphql(error, x_github_request_id="C318:5862")
    assert type(raised) is kind
    assert str(raised).startswith("acme/api: ")
    assert words in str(raised)
    assert raised.request_id == "C318:5862"


def test_a_limit_in_graphql_waits_by_githubs_clock() -> None:
    error = of_graphql({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, **spent(600))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 601


def test_a_refusal_by_the_last_request_of_the_quota_is_no_limit() -> None:
    error = of_graphql({"type": "NOT_FOUND", "message": "Could not resolve"}, **spent(600))
    assert isinstance(error, RepositoryNotFound)


def test_one_limit_among_errors_decides() -> None:
    not_found = {"type": "NOT_FOUND", "message": "Could not resolve"}
    limit = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
    assert isinstance(of_graphql(not_found, limit), RateLimited)


def test_a_long_answer_is_cut() -> None:
    assert len(str(of_status(400, {"message": "x" * 100_000}))) < 1000
    assert len(str(of_status(400, "x" * 100_000))) < 1000
