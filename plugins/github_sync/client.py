"""Asks GitHub's GraphQL API, counts what it asked, and turns refusals into errors of ours."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import Any

import requests
from github import GithubException
from github.Requester import Requester
from jwt import PyJWTError
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential

from github_sync.errors import ConfigurationError, GitHubUnavailable
from github_sync.github_errors import error_of_graphql, error_of_status
from github_sync.redaction import redact

log = logging.getLogger(__name__)

TRIES = 4
"""How often one question is asked before a short outage becomes the task's failure."""


@dataclass(frozen=True)
class Answer:
    """GitHub's answer to one query.

    :param data: the answer's ``data``; never None
    :param errors: the answer's ``errors``, which may stand beside data
    :param asked_at: when the question was asked, by GitHub's clock (UTC, to the second)
    """

    data: dict[str, Any]
    errors: list[dict[str, Any]]
    headers: dict[str, Any]
    asked_at: datetime


class GitHubClient:
    """One connection to GitHub's GraphQL API.

    :param requester: PyGithub's requester, holding address and credentials; its own retries and
        pauses switched off
    :param subject: whom we ask about, for messages: a repository's full name
    :param connection: the Airflow connection whose credentials they are, for messages
    :param retry_wait_seconds: seconds before a failed question is asked again, doubling
    """

    def __init__(
        self,
        requester: Requester,
        subject: str = "GitHub",
        connection: str = "",
        retry_wait_seconds: float = 2,
    ) -> None:
        self.requester = requester
        self.subject = subject
        self.connection = connection
        self.retry_wait_seconds = retry_wait_seconds
        self.requests = 0
        self.quota_remaining: int | None = None

    @property
    def about(self) -> str:
        """Whom we ask about and as whom, for messages."""
        return self.subject + (f" (connection {self.connection})" if self.connection else "")

    def query(
        self,
        document: str,
        variables: dict[str, Any],
        before_retry: Callable[[], None] = lambda: None,
        tries: int = TRIES,
    ) -> Answer:
        """Ask, and ask again after short outages.

        :param before_retry: called before the question is asked again; may change ``variables``
        :returns: an answer with data; GraphQL errors may stand beside it
        :raises SyncError: as ``github_sync.github_errors`` reads GitHub's refusal
        """

        def note(state: RetryCallState) -> None:
            before_retry()
            error = state.outcome.exception() if state.outcome else None
            log.warning("Asking again in %.1f s: %s", state.upcoming_sleep, error)

        retrying = Retrying(
            retry=retry_if_exception_type(GitHubUnavailable),
            stop=stop_after_attempt(tries),
            wait=wait_exponential(self.retry_wait_seconds, max=8 * self.retry_wait_seconds),
            before_sleep=note,
            reraise=True,
        )
        return retrying(self._ask, document, variables)

    def query_whole(self, document: str, variables: dict[str, Any]) -> Answer:
        """As :meth:`query`, but an error beside the data is raised too."""
        answer = self.query(document, variables)
        if answer.errors:
            raise error_of_graphql(answer.errors, answer.headers, self.about)
        return answer

    def close(self) -> None:
        """Close the connection to GitHub."""
        self.requester.close()

    def _ask(self, document: str, variables: dict[str, Any]) -> Answer:
        headers, body, asked_at = self._post({"query": document, "variables": variables})
        if not isinstance(body, dict) or not (body.get("data") or body.get("errors")):
            raise GitHubUnavailable(f"{self.about}: GitHub's answer holds neither data nor errors.")
        errors = body.get("errors") or []
        data = body.get("data") or {}
        if errors and (not any(data.values()) or _is_rate_limit(errors)):
            raise error_of_graphql(errors, headers, self.about)
        return Answer(data, errors, headers, asked_at)

    def _post(self, question: dict[str, Any]) -> tuple[dict[str, Any], object, datetime]:
        """Headers, decoded body, and GitHub's time when the question was asked.

        PyGithub's errors are replaced, not chained: their frames hold request headers.
        """
        started = time.monotonic()
        self.requests += 1
        try:
            headers, body = self.requester.requestJsonAndCheck(
                "POST", self.requester.graphql_url, input=question
            )
        except GithubException as error:
            headers = {name.lower(): value for name, value in (error.headers or {}).items()}
            self._note_quota(headers)
            refusal = error_of_status(error.status, headers, _clean(error.data), self.about)
        except (requests.RequestException, JSONDecodeError, UnicodeDecodeError) as error:
            refusal = GitHubUnavailable(
                f"{self.about}: no proper answer from GitHub ({redact(_root(error))})."
            )
        except (AssertionError, RuntimeError, TypeError, ValueError, PyJWTError) as error:
            # How PyGithub refuses addresses, and its libraries an app's private key.
            refusal = ConfigurationError(
                f"{self.about}: the connection's address or key cannot be used "
                f"({redact(str(error))}).",
                "Its host is https://HOST/api/v3, or empty for github.com; an app's private_key is "
                "the PEM file that GitHub gave.",
            )
        else:
            self._note_quota(headers)
            elapsed = timedelta(seconds=time.monotonic() - started)
            return headers, body, self._github_time(headers) - elapsed
        raise refusal from None

    def _note_quota(self, headers: dict[str, Any]) -> None:
        remaining = str(headers.get("x-ratelimit-remaining", ""))
        if remaining.isdecimal():
            self.quota_remaining = int(remaining)

    def _github_time(self, headers: dict[str, Any]) -> datetime:
        try:
            return parsedate_to_datetime(headers["date"])
        except (KeyError, ValueError):
            raise GitHubUnavailable(
                f"{self.about}: GitHub's answer carries no valid Date header, by which the sync "
                "keeps time."
            ) from None


def _is_rate_limit(errors: list[dict[str, Any]]) -> bool:
    return any(error.get("type") in ("RATE_LIMITED", "RATE_LIMIT") for error in errors)


def _clean(body: object) -> object:
    return (
        {key: redact(str(value)) for key, value in body.items()} if isinstance(body, dict) else body
    )


def _root(error: BaseException) -> str:
    """What is at the bottom of a chain of connection errors, without the wrappers' names."""
    reason = getattr(error.args[0], "reason", error) if error.args else error
    return f"{type(reason).__name__}: {reason}"[:300]
