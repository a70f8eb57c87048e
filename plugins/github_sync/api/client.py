"""Asks GitHub's API: counts what it asks, asks again after short outages, watches the quota."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_exponential

from github_sync.api.transport.credentials import Token
from github_sync.api.transport.graphql_errors import errors_of
from github_sync.api.transport.patience import ask_patiently
from github_sync.api.transport.rate_limit import RateLimit
from github_sync.api.transport.refusals import concern_all, error_of_graphql
from github_sync.api.transport.session import HttpAnswer, Transport
from github_sync.errors import ConfigurationError, GitHubUnavailable, RepositoryNotFound, SyncError

log = logging.getLogger(__name__)

Answered = TypeVar("Answered")

Document = str | Callable[[Mapping[str, Any]], str]
"""A query; or what makes it for the variables, which may be halved."""

TRIES = 4
"""How often one question is asked before a short outage becomes the task's failure."""


@dataclass(frozen=True)
class Answer:
    """GitHub's answer to one GraphQL query.

    :param data: the answer's ``data``; never None
    :param errors: the answer's ``errors``, which may accompany data
    :param headers: lower-case names
    :param asked_at: when the question was asked, by GitHub's clock (UTC, to the second)
    :param variables: those it was asked with; what was too much has been halved
    """

    data: dict[str, Any]
    errors: list[dict[str, Any]]
    headers: dict[str, str]
    asked_at: datetime
    variables: Mapping[str, Any]


class ApiSession:
    """What all clients of one connection share: the transport, the counters and the quota.

    :param connection: the Airflow connection's id, for messages
    :param retry_wait_seconds: seconds before a failed question is asked again, doubling
    :param quota_reserve: points of the hourly quota that are left to others
    """

    def __init__(
        self,
        transport: Transport,
        connection: str = "",
        retry_wait_seconds: float = 2,
        quota_reserve: int = 0,
    ) -> None:
        self.transport = transport
        self.connection = connection
        self.retry_wait_seconds = retry_wait_seconds
        self.requests = 0
        self.rate_limit = RateLimit(quota_reserve)


class GitHubClient:
    """Asks about one subject: a repository, an owner, or GitHub in general.

    :param subject: what its messages name: a repository's full name
    """

    def __init__(self, session: ApiSession, subject: str = "GitHub") -> None:
        self.session = session
        self.subject = subject

    def named(self, subject: str) -> GitHubClient:
        """A client of the same session for another subject."""
        return GitHubClient(self.session, subject)

    @property
    def requests(self) -> int:
        """How many requests the session has sent."""
        return self.session.requests

    @property
    def quota_remaining(self) -> int | None:
        """What is left of the hourly quota, as of the last answer."""
        return self.session.rate_limit.remaining

    @property
    def quota_for_us(self) -> int | None:
        """The same, less what is left to others."""
        return self.session.rate_limit.ours

    @property
    def about(self) -> str:
        """The subject and the connection, for messages."""
        connection = self.session.connection
        return self.subject + (f" (connection {connection})" if connection else "")

    def query(
        self,
        document: Document,
        variables: Mapping[str, Any],
        sized_by: str | None = None,
        check: Callable[[Answer], object] = lambda answer: answer,
        tries: int = TRIES,
    ) -> Answer:
        """Ask, and ask again after short outages.

        :param sized_by: the variable that says how much is asked for, a number or a list. If GitHub
            may manage less, it is halved; that does not count as a try
        :param check: raises GitHubUnavailable if the answer lacks what it must have
        :param tries: how often it is asked at most, halvings aside
        :returns: an answer with data; GraphQL errors may accompany it
        :raises SyncError: as ``github_sync.api.transport.refusals`` reads GitHub's refusal. The
            size that was asked for last is its ``asked_for``
        """
        question = _Question(variables, sized_by)

        def ask() -> Answer:
            answer = self._ask(document, question)
            check(answer)
            return answer

        try:
            return self._again(ask, question, tries)
        except GitHubUnavailable as error:
            error.asked_for = question.size
            raise

    def close(self) -> None:
        """Close the session's connections."""
        self.session.transport.close()

    def repository(self, github_repo_id: int) -> dict[str, Any]:
        """What the REST API shows of a repository, by its database id.

        https://docs.github.com/en/rest/repos/repos#get-a-repository

        :raises RepositoryNotFound: GitHub has none of this id, or hides it
        :raises SyncError: as :meth:`query`
        """
        path = f"/repositories/{github_repo_id}"

        def ask() -> HttpAnswer:
            return ask_patiently(
                lambda: self._timed(lambda: self.session.transport.rest(path, self.about))[0],
                self.session.transport.credentials,
                self.session.retry_wait_seconds,
            )

        try:
            answer = self._again(ask, _Question({}, None), TRIES)
        except ConfigurationError as refusal:
            if refusal.request_id is None:
                raise  # it is not GitHub's answer
            # GraphQL has just answered: the address is right, it is the repository that is gone.
            raise RepositoryNotFound(refusal.message, request_id=refusal.request_id) from None
        return answer.body if isinstance(answer.body, dict) else {}

    def has_pull_requests(self, github_repo_id: int) -> bool:
        """Whether the repository's pull requests are enabled, which only the REST API shows.

        :raises SyncError: as :meth:`repository`
        """
        # An Enterprise Server that does not know the setting has them enabled.
        return bool(self.repository(github_repo_id).get("has_pull_requests", True))

    def _again(self, ask: Callable[[], Answered], question: _Question, tries: int) -> Answered:
        """What ``ask`` returns; asked again after short outages."""
        wait = self.session.retry_wait_seconds
        return Retrying(
            retry=retry_if_exception_type(GitHubUnavailable),
            stop=lambda state: state.attempt_number - question.halvings >= tries,
            wait=wait_exponential(wait, max=8 * wait),
            before_sleep=question.halve_if_too_much,
            reraise=True,
        )(ask)

    def _ask(self, document: Document, question: _Question) -> Answer:
        return ask_patiently(
            lambda: self._ask_once(document, question),
            self.session.transport.credentials,
            self.session.retry_wait_seconds,
        )

    def _ask_once(self, document: Document, question: _Question) -> Answer:
        self.session.rate_limit.check(self.about)
        variables = dict(question.variables)
        text = document if isinstance(document, str) else document(variables)
        sent = {"query": text, "variables": variables}
        answer, asked_at = self._timed(lambda: self.session.transport.graphql(sent, self.about))
        data, errors = _data_of(answer.body), errors_of(answer.body)
        if data is None and not errors:
            raise GitHubUnavailable(f"{self.about}: GitHub's answer has neither data nor errors.")
        if errors and (not any((data or {}).values()) or concern_all(errors, question.size > 1)):
            raise error_of_graphql(errors, answer.headers, self.about)
        return Answer(data or {}, errors, answer.headers, asked_at, variables)

    def _timed(self, send: Callable[[], HttpAnswer]) -> tuple[HttpAnswer, datetime]:
        """The answer, and GitHub's time when the question was asked."""
        earlier = self.session.transport.last_headers
        started = time.monotonic()
        self.session.requests += 1
        try:
            answer = send()
        except SyncError:
            if self.session.transport.last_headers is not earlier:
                self.session.rate_limit.note(self.session.transport.last_headers)
            raise
        self.session.rate_limit.note(answer.headers)
        return answer, answer.date - timedelta(seconds=time.monotonic() - started)


def client_with_token(
    token: str, subject: str = "GitHub", api_url: str = "", timeout: float = 60, **options: Any
) -> GitHubClient:
    """A client without Airflow, for a prompt or a script.

    :param api_url: empty for github.com; ``https://HOST/api/v3`` for an Enterprise Server
    :param options: those of :class:`ApiSession`
    """
    return GitHubClient(ApiSession(Transport(api_url, Token(token), timeout), **options), subject)


def _data_of(body: object) -> dict[str, Any] | None:
    """The answer's data, if it is in its proper form."""
    data = body.get("data") if isinstance(body, dict) else None
    return data if isinstance(data, dict) and data else None


class _Question:
    """The variables of one question, and how much is asked for: half as much if it is too much."""

    def __init__(self, variables: Mapping[str, Any], sized_by: str | None) -> None:
        self.variables = variables
        self.sized_by = sized_by
        self.halvings = 0

    @property
    def size(self) -> int:
        """How many things are asked for."""
        asked = self.variables[self.sized_by] if self.sized_by else 1
        return len(asked) if isinstance(asked, list) else int(asked)

    def halve_if_too_much(self, state: RetryCallState) -> None:
        """Called by tenacity before it waits."""
        error = state.outcome.exception() if state.outcome else None
        if self.sized_by and self.size > 1 and getattr(error, "may_be_too_much", False):
            asked, half = self.variables[self.sized_by], self.size // 2
            smaller = asked[:half] if isinstance(asked, list) else half
            self.variables = {**self.variables, self.sized_by: smaller}
            self.halvings += 1
        log.warning("Asking again in %.1f s: %s", state.upcoming_sleep, error)
