"""Turns GitHub's refusals into errors of ours.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from github_sync.dag_ids import TRACK_DAG_ID
from github_sync.errors import (
    AccessDenied,
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
from github_sync.redaction import redact

SECONDARY_LIMIT_WAIT = 60.0
"""Seconds to wait if a secondary limit names none, as GitHub's documentation says."""

LONGEST_QUOTE = 300
"""Characters quoted of an answer, which may be a whole web page."""

Headers = Mapping[str, Any]

SECONDARY_LIMIT = re.compile(
    r"secondary rate limit|abuse detection|wait a few minutes", re.IGNORECASE
)
PRIMARY_LIMIT = re.compile(r"rate limit (already )?exceeded", re.IGNORECASE)
SINGLE_SIGN_ON = re.compile(r"\bSAML\b|single sign-on", re.IGNORECASE)
IP_ALLOW_LIST = re.compile(r"IP allow list", re.IGNORECASE)
BLOCKED = re.compile(r"repository access blocked|\bDMCA\b|legal reasons", re.IGNORECASE)


def error_of_status(status: int, headers: Headers, body: object, subject: str) -> SyncError:
    """The error that an HTTP answer with a status of 300 or more stands for.

    :param headers: lower-case names
    :param body: the decoded answer
    :param subject: what was asked about, for the message
    """
    said = _message(body)
    request_id = headers.get("x-github-request-id")
    if _is_spent(status, headers, said):
        return rate_limited(headers, said, subject)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        said = f"{subject}: GitHub answered with HTTP {status}."
        return GitHubUnavailable(said, request_id, may_be_too_much=True)
    if status == HTTPStatus.FORBIDDEN and not BLOCKED.search(said):
        return access_denied(headers, said, subject)
    meaning = HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS if BLOCKED.search(said) else status
    if status < HTTPStatus.BAD_REQUEST:  # a redirect: the API is somewhere else
        meaning = HTTPStatus.NOT_FOUND
    unforeseen = (QueryRefused, "GitHub refused the request", "")
    kind, what, remedy = ERROR_OF_STATUS.get(meaning, unforeseen)
    return kind(f"{subject}: {what} (HTTP {status}: {said}).", remedy, request_id)


ERROR_OF_STATUS: dict[int, tuple[type[SyncError], str, str]] = {
    HTTPStatus.UNAUTHORIZED: (
        BadCredentials,
        "GitHub refused the credentials",
        "Enter a valid token in the Airflow connection, then clear the failed instance.",
    ),
    HTTPStatus.NOT_FOUND: (
        ConfigurationError,
        "GitHub's API was not found at the connection's host",
        "For GitHub Enterprise Server the host is https://HOST/api/v3. For a GitHub App, check "
        "installation_id.",
    ),
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: (
        RepositoryBlocked,
        "GitHub does not serve it for legal reasons",
        f"Pause it with the Dag {TRACK_DAG_ID}.",
    ),
}


def error_of_graphql(errors: list[dict[str, Any]], headers: Headers, subject: str) -> SyncError:
    """The error that GraphQL ``errors`` stand for if the answer cannot be used."""
    request_id = headers.get("x-github-request-id")
    kinds = {_kind(error) for error in errors}
    said = "; ".join(str(error.get("message", "")) for error in errors[:3])
    if kinds & {"RATE_LIMITED", "RATE_LIMIT"} or _is_rate_limit({}, said):
        return rate_limited(headers, said, subject)
    if IP_ALLOW_LIST.search(said):
        return access_denied(headers, said, subject)
    if kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"} and not BLOCKED.search(said):
        return access_denied(headers, said, subject)
    if _is_passing(kinds, said):
        said = f"{subject}: GitHub could not execute the query ({said})."
        return GitHubUnavailable(said, request_id, may_be_too_much=True)
    kind, what, remedy = _meaning(kinds, said)
    return kind(f"{subject}: {what} ({said}).", remedy, request_id)


def _meaning(kinds: set[str], said: str) -> tuple[type[SyncError], str, str]:
    if "NOT_FOUND" in kinds:
        return (
            RepositoryNotFound,
            "GitHub has no such repository, or the connection's token has no access to it",
            f"Grant the token access, correct the name, or pause it with the Dag {TRACK_DAG_ID}.",
        )
    if "INVALID_CURSOR_ARGUMENTS" in kinds:
        return InvalidCursor, "GitHub no longer accepts the cursor", ""
    if BLOCKED.search(said):
        return ERROR_OF_STATUS[HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS]
    return (
        QueryRefused,
        "GitHub refused the query",
        "On GitHub Enterprise Server, check that the version is supported.",
    )


def concern_all(errors: list[dict[str, Any]], can_ask_for_less: bool) -> bool:
    """Whether errors that accompany data concern the whole answer, not single nodes.

    :param can_ask_for_less: then a partial answer for lack of resources is asked for again,
        https://github.blog/changelog/2025-09-01-graphql-api-resource-limits
    """
    kinds = {_kind(error) for error in errors}
    limits = {"RESOURCE_LIMITS_EXCEEDED"} if can_ask_for_less else set()
    return bool(kinds & ({"RATE_LIMITED", "RATE_LIMIT"} | limits))


def rate_limited(headers: Headers, said: str, subject: str) -> RateLimited:
    """The error of an exceeded rate limit, with the seconds until GitHub answers again."""
    seconds = _seconds_to_wait(headers)
    return RateLimited(
        f"{subject}: GitHub's rate limit is exceeded ({said}).",
        retry_after=SECONDARY_LIMIT_WAIT if seconds is None else seconds,
        request_id=headers.get("x-github-request-id"),
        is_guess=seconds is None,
    )


def access_denied(headers: Headers, said: str, subject: str) -> AccessDenied:
    """The error of a token without access, with the remedy for its reason."""
    state, remedy = _lack(headers, said)
    return AccessDenied(
        f"{subject}: GitHub denies the connection's token access ({said}).",
        remedy,
        headers.get("x-github-request-id"),
        state,
    )


def _lack(headers: Headers, said: str) -> tuple[str, str]:
    """What the token lacks, as tracked_repositories.github_state has it, and the remedy."""
    is_challenged = str(headers.get("x-github-sso", "")).startswith("required")
    if is_challenged or SINGLE_SIGN_ON.search(said):
        return "sso_required", (
            "Authorize the token for the organization's SAML single sign-on, then clear the failed "
            "instance."
        )
    if IP_ALLOW_LIST.search(said):
        return "ip_not_allowed", (
            "Add the Airflow workers' addresses to the organization's IP allow list, then clear "
            "the failed instance."
        )
    return "no_access", (
        "Grant the token read access to the repository's pull requests, then clear the failed "
        "instance."
    )


def _kind(error: dict[str, Any]) -> str:
    extensions = error.get("extensions") or {}
    return str(error.get("type") or extensions.get("code") or "")


def _is_passing(kinds: set[str], said: str) -> bool:
    passing = {"INTERNAL", "SERVICE_UNAVAILABLE", "RESOURCE_LIMITS_EXCEEDED", "TIMEOUT"}
    return bool(kinds & passing) or "Something went wrong" in said or "timed out" in said.lower()


def _is_spent(status: int, headers: Headers, said: str) -> bool:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    return status == HTTPStatus.FORBIDDEN and _is_rate_limit(headers, said)


def _is_rate_limit(headers: Headers, said: str) -> bool:
    if SECONDARY_LIMIT.search(said) or PRIMARY_LIMIT.search(said):
        return True
    if SINGLE_SIGN_ON.search(said) or IP_ALLOW_LIST.search(said):
        return False  # whatever the headers say: waiting does not help
    return "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"


def _seconds_to_wait(headers: Headers) -> float | None:
    """None if GitHub does not say.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    if str(after := headers.get("retry-after", "")).isdecimal():
        return float(after)
    if headers.get("x-ratelimit-remaining") == "0":
        return seconds_to_reset(headers)
    return None


def seconds_to_reset(headers: Headers) -> float | None:
    """Until the quota's next hour begins, by GitHub's clock; None if GitHub does not say."""
    reset = str(headers.get("x-ratelimit-reset", ""))
    return max(0.0, float(reset) - _github_time(headers)) + 1 if reset.isdecimal() else None


def _github_time(headers: Headers) -> float:
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return time.time()


def _message(body: object) -> str:
    if isinstance(body, dict):
        body = body.get("message") or body.get("data") or "no message"
    return redact(str(body or "no message"))[:LONGEST_QUOTE]
