"""Asks GitHub's GraphQL API, counts what it asked, and turns refusals into errors of ours."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from github.Requester import Requester
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_exponential

from github_sync.api.rate_limit import Quota
from github_sync.api.refusals import concern_all, error_of_graphql
from github_sync.api.transport import error_of_request, headers_of
from github_sync.errors import ConfigurationError, GitHubUnavailable, RepositoryNotFound

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
    :param quota_reserve: points of the hourly quota that are left to others
    """

    def __init__(
        self,
        requester: Requester,
        subject: str = "GitHub",
        connection: str = "",
        retry_wait_seconds: float = 2,
        quota_reserve: int = 0,
    ) -> None:
        self.requester = requester
        self.subject = subject
        self.connection = connection
        self.retry_wait_seconds = retry_wait_seconds
        self.requests = 0
        self.headers: dict[str, Any] = {}
        """Of the last answer, a refusal too (lower-case names): they tell what the token is."""
        self._quota = Quota(quota_reserve)

    @property
    def quota_remaining(self) -> int | None:
        """What is left of the hourly quota, as the last answer said."""
        return self._quota.remaining

    @property
    def quota_for_us(self) -> int | None:
        """The same, less what is left to others."""
        return self._quota.ours

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
        tries: int = TRIES,
    ) -> Answer:
        """Ask, and ask again after short outages.

        :param sized_by: the variable that says how much is asked for, by a number or a list; it is
            halved, in ``variables`` itself, where GitHub may manage less; that costs no try
        :param tries: how often it is asked, at most, apart from halvings
        :param check: raises GitHubUnavailable if the answer lacks what it must have
        :returns: an answer with data; GraphQL errors may stand beside it
        :raises SyncError: as ``github_sync.api.refusals`` reads GitHub's refusal
        """
        smaller = _Halving(variables, sized_by)

        def ask() -> Answer:
            answer = self._ask(document, variables, smaller.is_possible)
            check(answer)
            return answer

        return Retrying(
            retry=retry_if_exception_type(GitHubUnavailable),
            stop=lambda state: state.attempt_number - smaller.count >= tries,
            wait=wait_exponential(self.retry_wait_seconds, max=8 * self.retry_wait_seconds),
            before_sleep=smaller.halve_and_note,
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

    def has_pull_requests(self, github_repo_id: int) -> bool:
        """Whether the repository's pull requests are enabled, which only REST tells.

        https://docs.github.com/en/rest/repos/repos#get-a-repository

        :raises SyncError: as :meth:`query`
        """
        try:
            _, repository, _ = self._send("GET", f"/repositories/{github_repo_id}")
        except ConfigurationError as refusal:
            # GraphQL has just answered: the address is right, it is the repository that is gone.
            raise RepositoryNotFound(refusal.message, request_id=refusal.request_id) from None
        # An Enterprise Server that does not know the setting has them enabled.
        return not isinstance(repository, dict) or repository.get("has_pull_requests", True)

    def _ask(self, document: str, variables: dict[str, Any], can_ask_for_less: bool) -> Answer:
        self._quota.check(self.about)
        question = {"query": document, "variables": variables}
        headers, body, asked_at = self._send("POST", self.requester.graphql_url, question)
        self._quota.note(headers)
        data, errors = _parts(body)
        if data is None and not errors:
            raise GitHubUnavailable(f"{self.about}: GitHub's answer has neither data nor errors.")
        if errors and (not any((data or {}).values()) or concern_all(errors, can_ask_for_less)):
            raise error_of_graphql(errors, headers, self.about)
        return Answer(data or {}, errors, headers, asked_at)

    def _send(
        self, verb: str, url: str, question: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], object, datetime]:
        """Headers, decoded body, and GitHub's time when the question was asked."""
        started = time.monotonic()
        self.requests += 1
        try:
            headers, body = self.requester.requestJsonAndCheck(verb, url, input=question)
        except Exception as error:  # noqa: BLE001 - whichever library refuses
            # Replaced, not chained: the frames behind it hold request headers.
            self.headers = headers_of(error) or self.headers
            self._quota.note(headers_of(error))
            refusal = error_of_request(error, self.about)
        else:
            elapsed = timedelta(seconds=time.monotonic() - started)
            self.headers = headers
            return headers, body, self._github_time(headers) - elapsed
        raise refusal

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


class _Halving:
    """Asks for half as much each time that it may be too much; that costs no try."""

    def __init__(self, variables: dict[str, Any], sized_by: str | None) -> None:
        self.variables = variables
        self.sized_by = sized_by
        self.count = 0

    @property
    def is_possible(self) -> bool:
        """Whether more than one thing is asked for."""
        return self._size > 1

    @property
    def _size(self) -> int:
        asked = self.variables[self.sized_by] if self.sized_by else 1
        return len(asked) if isinstance(asked, list) else int(asked)

    def halve_and_note(self, state: RetryCallState) -> None:
        """Called by tenacity before it waits."""
        error = state.outcome.exception() if state.outcome else None
        if self.sized_by and self.is_possible and getattr(error, "may_be_too_much", False):
            asked, half = self.variables[self.sized_by], self._size // 2
            self.variables[self.sized_by] = asked[:half] if isinstance(asked, list) else half
            self.count += 1
        log.warning("Asking again in %.1f s: %s", state.upcoming_sleep, error)
