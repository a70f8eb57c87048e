"""What GitHub's refusals mean: answers in, errors of ours out.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

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

SECONDARY_LIMIT_WAIT = 60.0
"""Seconds to wait when a secondary limit names none, as GitHub's documentation asks."""

Headers = Mapping[str, Any]

SECONDARY_LIMIT = re.compile(r"secondary rate limit|abuse detection|wait a few minutes", re.I)
PRIMARY_LIMIT = re.compile(r"rate limit exceeded", re.I)


def error_of_status(status: int, headers: Headers, body: object, subject: str) -> SyncError:
    """The error that an HTTP answer with a status of 400 or more stands for.

    :param headers: lower-case names
    :param body: the decoded answer
    :param subject: whom the request was for, for the message
    """
    said = _message(body)
    request_id = headers.get("x-github-request-id")
    if status == 429 or (status == 403 and _is_rate_limit(headers, said)):
        return rate_limited(headers, said, subject)
    if status >= 500 or status == 408:
        return GitHubUnavailable(
            f"{subject}: GitHub answered with HTTP {status}.", request_id=request_id
        )
    if status == 401:
        return BadCredentials(
            f"{subject}: GitHub refused the credentials ({said}).",
            "Put a valid token into the Airflow connection, then clear the failed instance.",
            request_id,
        )
    if status == 403:
        return access_denied(headers, said, subject)
    if status == 451:
        return blocked(said, subject, request_id)
    if status == 404:
        return ConfigurationError(
            f"{subject}: GitHub's API is not at the connection's address (HTTP 404, {said}).",
            "For GitHub Enterprise Server the connection's host is https://HOST/api/v3; for a "
            "GitHub App check installation_id.",
            request_id,
        )
    return QueryRefused(
        f"{subject}: GitHub refused the request with HTTP {status} ({said}).", request_id=request_id
    )


def error_of_graphql(
    errors: list[dict[str, Any]], headers: Headers, subject: str
) -> SyncError:
    """The error that GraphQL ``errors`` stand for when they leave nothing to go on with."""
    request_id = headers.get("x-github-request-id")
    kinds = {_kind(error) for error in errors}
    said = "; ".join(str(error.get("message", "")) for error in errors[:3])
    if kinds & {"RATE_LIMITED", "RATE_LIMIT"} or _is_rate_limit({}, said):
        return rate_limited(headers, said, subject)
    if "NOT_FOUND" in kinds:
        return RepositoryNotFound(
            f"{subject}: GitHub has no such repository, or hides it from the connection's token "
            f"({said}).",
            "Give the token access to it, or correct its name, or pause it with the Dag "
            "track_github_repositories.",
            request_id,
        )
    if kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        return access_denied(headers, said, subject)
    if "INVALID_CURSOR_ARGUMENTS" in kinds:
        return InvalidCursor(f"{subject}: {said}", request_id=request_id)
    if "DMCA" in said or "unavailable for legal reasons" in said.lower():
        return blocked(said, subject, request_id)
    if _is_passing(kinds, said):
        return GitHubUnavailable(
            f"{subject}: GitHub could not execute the query ({said}).", request_id=request_id
        )
    return QueryRefused(
        f"{subject}: GitHub refused the query ({said}).",
        "On GitHub Enterprise Server, check that its version is supported.",
        request_id,
    )


def rate_limited(headers: Headers, said: str, subject: str) -> RateLimited:
    """The error of a spent quota, with the seconds until GitHub answers again, by GitHub's clock."""
    return RateLimited(
        f"{subject}: GitHub's rate limit is spent ({said}).",
        retry_after=_seconds_to_wait(headers),
        request_id=headers.get("x-github-request-id"),
    )


def access_denied(headers: Headers, said: str, subject: str) -> AccessDenied:
    """The error of a token that GitHub knows but refuses, with the remedy its reason calls for."""
    return AccessDenied(
        f"{subject}: GitHub refuses the connection's token ({said}).",
        _remedy(headers, said),
        headers.get("x-github-request-id"),
    )


def blocked(said: str, subject: str, request_id: str | None) -> RepositoryBlocked:
    """The error of a repository that GitHub took down."""
    return RepositoryBlocked(
        f"{subject}: GitHub does not serve it for legal reasons ({said}).",
        "Pause it with the Dag track_github_repositories.",
        request_id,
    )


def _remedy(headers: Headers, said: str) -> str:
    if "x-github-sso" in headers or "saml" in said.lower():
        return "Authorize the token for the organization's SAML single sign-on, then clear the failed instance."
    if "ip allow list" in said.lower():
        return "Add the Airflow workers' addresses to the organization's IP allow list."
    return "Give the token read access to the repository's pull requests, then clear the failed instance."


def _kind(error: dict[str, Any]) -> str:
    extensions = error.get("extensions") or {}
    return str(error.get("type") or extensions.get("code") or "")


def _is_passing(kinds: set[str], said: str) -> bool:
    passing = {"INTERNAL", "SERVICE_UNAVAILABLE", "RESOURCE_LIMITS_EXCEEDED", "TIMEOUT"}
    return bool(kinds & passing) or "Something went wrong" in said or "timed out" in said.lower()


def _is_rate_limit(headers: Headers, said: str) -> bool:
    if "retry-after" in headers or SECONDARY_LIMIT.search(said):
        return True
    return headers.get("x-ratelimit-remaining") == "0" or bool(PRIMARY_LIMIT.search(said))


def _seconds_to_wait(headers: Headers) -> float:
    """https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""
    if str(after := headers.get("retry-after", "")).isdecimal():
        return float(after)
    if headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers:
        return max(0.0, float(headers["x-ratelimit-reset"]) - _github_time(headers)) + 1
    return SECONDARY_LIMIT_WAIT


def _github_time(headers: Headers) -> float:
    if date := headers.get("date"):
        return parsedate_to_datetime(date).timestamp()
    return time.time()


def _message(body: object) -> str:
    if isinstance(body, dict):
        return str(body.get("message") or body.get("data") or "no message")[:300]
    return str(body)[:300]
