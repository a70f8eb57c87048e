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
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_exponential

from github_sync.errors import ConfigurationError, GitHubUnavailable
from github_sync.github_errors import concern_all, error_of_graphql, error_of_status

log = logging.getLogger(__name__)

TRIES = 4
"""How often one question is asked before a short outage becomes the task's failure."""


UNSENDABLE = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)


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
        sized_by: str | None = None,
        check: Callable[[Answer], object] = lambda answer: answer,
    ) -> Answer:
        """Ask, and ask again after short outages.

        :param sized_by: the variable that says how much is asked for, by a number or a list; it is
            halved, in ``variables`` itself, where GitHub may manage less; that costs no try
        :param check: raises GitHubUnavailable if the answer lacks what it must have
        :returns: an answer with data; GraphQL errors may stand beside it
        :raises SyncError: as ``github_sync.github_errors`` reads GitHub's refusal
        """
        halvings = 0

        def halve_and_note(state: RetryCallState) -> None:
            nonlocal halvings
            error = state.outcome.exception() if state.outcome else None
            if _size(variables, sized_by) > 1 and getattr(error, "may_be_too_much", False):
                variables[str(sized_by)] = _half(variables[str(sized_by)])
                halvings += 1
            log.warning("Asking again in %.1f s: %s", state.upcoming_sleep, error)

        def ask() -> Answer:
            answer = self._ask(document, variables, _size(variables, sized_by) > 1)
            check(answer)
            return answer

        return Retrying(
            retry=retry_if_exception_type(GitHubUnavailable),
            stop=lambda state: state.attempt_number - halvings >= TRIES,
            wait=wait_exponential(self.retry_wait_seconds, max=8 * self.retry_wait_seconds),
            before_sleep=halve_and_note,
            reraise=True,
        )(ask)

    def query_whole(self, document: str, variables: dict[str, Any]) -> Answer:
        """As :meth:`query`, but an error beside the data is raised too."""
        answer = self.query(document, variables)
        if answer.errors:
            raise error_of_graphql(answer.errors, answer.headers, self.about)
        return answer

    def close(self) -> None:
        """Close the connection to GitHub."""
        self.requester.close()

    def _ask(self, document: str, variables: dict[str, Any], can_ask_for_less: bool) -> Answer:
        headers, body, asked_at = self._post({"query": document, "variables": variables})
        data, errors = _parts(body)
        if data is None and not errors:
            raise GitHubUnavailable(f"{self.about}: GitHub's answer has neither data nor errors.")
        if errors and (not any((data or {}).values()) or concern_all(errors, can_ask_for_less)):
            raise error_of_graphql(errors, headers, self.about)
        return Answer(data or {}, errors, headers, asked_at)

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
            refusal = error_of_status(error.status, headers, error.data, self.about)
        except UNSENDABLE:
            # The exception's own words show the token.
            refusal = ConfigurationError(
                f"{self.about}: the connection's token or address holds a line break or another "
                "character that cannot be sent.",
                "Put it into the connection again, without spaces and line breaks.",
            )
        except (requests.RequestException, JSONDecodeError, UnicodeDecodeError) as error:
            refusal = GitHubUnavailable(
                f"{self.about}: no proper answer from GitHub ({_root(error)}).",
                may_be_too_much=isinstance(error, requests.ReadTimeout),
            )
        except (AssertionError, RuntimeError, TypeError, ValueError, PyJWTError) as error:
            # How PyGithub refuses addresses, and its libraries an app's private key.
            refusal = ConfigurationError(
                f"{self.about}: the connection's address or key cannot be used ({error}).",
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


def _parts(body: object) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Data and errors, as far as the answer has them in their proper form."""
    parts = body if isinstance(body, dict) else {}
    data, errors = parts.get("data"), parts.get("errors")
    return (
        data if isinstance(data, dict) and data else None,
        [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else [],
    )


def _size(variables: dict[str, Any], sized_by: str | None) -> int:
    asked = variables[sized_by] if sized_by else 1
    return len(asked) if isinstance(asked, list) else int(asked)


def _half(asked: Any) -> Any:
    """Half a number or half a list; one of it at least."""
    return asked[: max(1, len(asked) // 2)] if isinstance(asked, list) else max(1, asked // 2)


def _root(error: BaseException) -> str:
    """What is at the bottom of a chain of connection errors, without the wrappers' names."""
    reason = getattr(error.args[0], "reason", error) if error.args else error
    return f"{type(reason).__name__}: {reason}"
