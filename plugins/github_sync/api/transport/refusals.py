"""Turns GitHub's refusals into errors of ours.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from github_sync.api.transport.connection_errors import expects_tls
from github_sync.api.transport.graphql_errors import is_validation_error, kind
from github_sync.api.transport.headers import Headers, remaining, seconds_to_reset, seconds_to_retry
from github_sync.dag_ids import TRACK_DAG_ID
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
from github_sync.redaction import redact

SECONDARY_LIMIT_WAIT = 60.0
"""Seconds to wait if a secondary limit names none, as GitHub's documentation says."""

LONGEST_QUOTE = 300
"""Characters quoted of an answer, which may be a whole web page."""

SECONDARY_LIMIT = re.compile(
    r"secondary rate limit|abuse detection|wait a few minutes|number of login attempts exceeded",
    re.IGNORECASE,
)
"""The last one: https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api"""
PRIMARY_LIMIT = re.compile(r"rate limit (already )?exceeded", re.IGNORECASE)
SINGLE_SIGN_ON = re.compile(r"\bSAML\b|single sign-on", re.IGNORECASE)
IP_ALLOW_LIST = re.compile(r"IP allow list", re.IGNORECASE)
BLOCKED = re.compile(r"repository access blocked|\bDMCA\b|legal reasons", re.IGNORECASE)


ENTER_A_VALID_ONE = "Enter a valid token in the Airflow connection, then clear the failed instance."
"""The remedy for a token that GitHub refuses."""
APP_SUSPENDED = re.compile(r"installation has been suspended", re.IGNORECASE)


def error_of_status(
    status: int,
    headers: Headers,
    body: object,
    subject: str,
    credentials_remedy: str = ENTER_A_VALID_ONE,
) -> SyncError:
    """The error that an HTTP answer with a status of 300 or more stands for.

    :param headers: lower-case names
    :param body: the decoded answer
    :param subject: what was asked about, for the message
    :param credentials_remedy: what to do if GitHub refuses the credentials
    """
    said = message_of(body)
    request_id = headers.get("x-github-request-id")
    if _is_spent(status, headers, said):
        return rate_limited(headers, said, subject)
    if status == HTTPStatus.UNAUTHORIZED:
        said = f"{subject}: GitHub refused the credentials (HTTP {status}: {said})."
        return BadCredentials(said, credentials_remedy, request_id)
    if status == HTTPStatus.BAD_REQUEST and "HTTPS port" in said:
        return expects_tls("the server", subject)
    if _is_outage(status, body):
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
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: (
        ConfigurationError,
        "the proxy on the way asks for a user name and a password",
        "Set HTTP_PROXY to http://USER:PASSWORD@HOST:PORT on the Airflow workers, then clear the "
        "failed instance.",
    ),
    HTTPStatus.NOT_FOUND: (
        ConfigurationError,
        "GitHub's API was not found at the connection's host",
        "For GitHub Enterprise Server the host is https://HOST/api/v3.",
    ),
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: (
        RepositoryBlocked,
        "GitHub does not serve it for legal reasons",
        f"Pause it with the Dag {TRACK_DAG_ID}.",
    ),
}


PERMANENT_STATUSES = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.GONE,
        HTTPStatus.LENGTH_REQUIRED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.UPGRADE_REQUIRED,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
    }
)
"""That a retry cannot change. Others, such as 408, 425 and nginx's 499, are passing."""


def _is_outage(status: int, body: object) -> bool:
    """A 400 that is not JSON comes from a load balancer on the way, not from GitHub's API."""
    if status == HTTPStatus.BAD_REQUEST:
        return not isinstance(body, dict)
    return status >= HTTPStatus.BAD_REQUEST and status not in PERMANENT_STATUSES


def error_of_graphql(errors: list[dict[str, Any]], headers: Headers, subject: str) -> SyncError:
    """The error that GraphQL ``errors`` stand for if the answer cannot be used."""
    request_id = headers.get("x-github-request-id")
    kinds = {kind(error) for error in errors}
    said = redact("; ".join(str(error.get("message", "")) for error in errors[:3]))[:LONGEST_QUOTE]
    if kinds & RATE_LIMITS or _is_rate_limit({}, said):
        return rate_limited(headers, said, subject)
    if IP_ALLOW_LIST.search(said):
        return access_denied(headers, said, subject)
    if kinds & {"forbidden", "insufficientscopes"} and not BLOCKED.search(said):
        return access_denied(headers, said, subject)
    if PASSING_KINDS & kinds or (meaning := _meaning(errors, kinds, said)) is None:
        said = f"{subject}: GitHub could not execute the query ({said or 'no message'})."
        return GitHubUnavailable(said, request_id, may_be_too_much=True)
    kind_of_error, what, remedy = meaning
    return kind_of_error(f"{subject}: {what} ({said}).", remedy, request_id)


RATE_LIMITS = frozenset({"ratelimited", "ratelimit", "graphqlratelimit"})
PASSING_KINDS = frozenset(
    {
        "internal",
        "serviceunavailable",
        "resourcelimitsexceeded",
        "maxnodelimitexceeded",
        "timeout",
    }
)
"""They decide even beside other errors. What no one knows is passing too."""


def _meaning(
    errors: list[dict[str, Any]], kinds: set[str], said: str
) -> tuple[type[SyncError], str, str] | None:
    """What cannot pass, recognized by its type; None for any other error."""
    if "notfound" in kinds:
        return (
            RepositoryNotFound,
            "GitHub has no such repository, or the connection's token has no access to it",
            f"Grant the token access, correct the name, or pause it with the Dag {TRACK_DAG_ID}.",
        )
    if "invalidcursorarguments" in kinds:
        return InvalidCursor, "GitHub no longer accepts the cursor", ""
    if BLOCKED.search(said):
        return ERROR_OF_STATUS[HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS]
    if any(is_validation_error(error) for error in errors):
        return (
            QueryRefused,
            "GitHub refused the query",
            "On GitHub Enterprise Server, check that the version is supported.",
        )
    return None


def concern_all(errors: list[dict[str, Any]], can_ask_for_less: bool) -> bool:
    """Whether errors that accompany data concern the whole answer, not single nodes.

    :param can_ask_for_less: then a partial answer for lack of resources is asked for again,
        https://github.blog/changelog/2025-09-01-graphql-api-resource-limits
    """
    kinds = {kind(error) for error in errors}
    limits = {"resourcelimitsexceeded"} if can_ask_for_less else set()
    return bool(kinds & (RATE_LIMITS | limits))


def rate_limited(headers: Headers, said: str, subject: str) -> RateLimited:
    """The error of an exceeded rate limit, with the seconds until GitHub answers again."""
    seconds = _seconds_to_wait(headers)
    return RateLimited(
        f"{subject}: GitHub's rate limit is exceeded ({said}).",
        retry_after=SECONDARY_LIMIT_WAIT if seconds is None else seconds,
        request_id=headers.get("x-github-request-id"),
        is_guess=seconds is None,
    )


def access_denied(headers: Headers, said: str, subject: str) -> AccessDenied | AppRefused:
    """The error of a token without access, with the remedy for its reason."""
    if APP_SUSPENDED.search(said):
        return AppRefused(
            f"{subject}: GitHub refuses the GitHub App ({said}).",
            "Unsuspend its installation in the settings of the organization where it is installed "
            "(GitHub Apps, Configure), then clear the failed instance.",
            headers.get("x-github-request-id"),
        )
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


def _is_spent(status: int, headers: Headers, said: str) -> bool:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    return status == HTTPStatus.FORBIDDEN and _is_rate_limit(headers, said)


def _is_rate_limit(headers: Headers, said: str) -> bool:
    if SECONDARY_LIMIT.search(said) or PRIMARY_LIMIT.search(said):
        return True
    if SINGLE_SIGN_ON.search(said) or IP_ALLOW_LIST.search(said):
        return False  # whatever the headers say: waiting does not help
    return "retry-after" in headers or remaining(headers) == 0


def _seconds_to_wait(headers: Headers) -> float | None:
    """None if GitHub does not say.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    seconds = seconds_to_retry(headers)
    if seconds is None and remaining(headers) == 0:
        return seconds_to_reset(headers)
    return seconds


def message_of(body: object) -> str:
    """What the answer says, shortened and without secrets."""
    if isinstance(body, dict):
        body = body.get("message") or body.get("data") or "no message"
    return redact(str(body or "no message"))[:LONGEST_QUOTE]
