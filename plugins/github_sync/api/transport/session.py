"""Sends requests to GitHub's API over HTTP, and turns what goes wrong into errors of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from urllib3.exceptions import HTTPError

from github_sync import __version__
from github_sync.api.transport.answer_limits import limit_answers, read_body
from github_sync.api.transport.connection_errors import error_of_connection, unsendable
from github_sync.api.transport.credentials import Credentials
from github_sync.api.transport.headers import github_time
from github_sync.api.transport.refusals import error_of_status
from github_sync.api.transport.routes import GITHUB_COM
from github_sync.errors import GitHubUnavailable


@dataclass(frozen=True)
class ReceivedAnswer:
    """An answer of any status, as it arrived.

    :param headers: lower-case names
    :param body: the decoded JSON, or the text if it is not JSON
    """

    status: int
    headers: dict[str, str]
    body: object
    is_json: bool


@dataclass(frozen=True)
class HttpAnswer:
    """An answer with a status below 300.

    :param headers: lower-case names
    :param body: the decoded JSON
    :param date: GitHub's time when it answered (UTC, to the second)
    """

    headers: dict[str, str]
    body: Any
    date: datetime


class Transport:
    """One HTTP session with GitHub's API, with the connection's credentials.

    Proxies and certificates come from the environment, as requests documents it:
    https://requests.readthedocs.io/en/latest/user/advanced/#proxies

    :param api_url: the REST API's root: ``https://api.github.com``, ``https://HOST/api/v3``; empty
        for github.com
    :param timeout: seconds until an answer must be whole
    """

    def __init__(self, api_url: str, credentials: Credentials, timeout: float) -> None:
        self.api_url = api_url.rstrip("/") or GITHUB_COM
        self.credentials = credentials
        self.last_headers: dict[str, str] = {}
        """Of the last answer, of a refusal too."""
        self._timeout = timeout
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"github-sync-for-airflow/{__version__}"
        self._session.auth = _KeepHeader()
        limit_answers(self._session, timeout)

    @property
    def graphql_url(self) -> str:
        """https://docs.github.com/en/enterprise-server@latest/graphql/guides/managing-enterprise-accounts"""
        url = urlsplit(self.api_url)
        path = url.path.removesuffix("/v3") + "/graphql"
        return urlunsplit((url.scheme, url.netloc, path, "", ""))

    def graphql(self, question: dict[str, Any], about: str) -> HttpAnswer:
        """Send a GraphQL question.

        :param about: what is asked about, for messages
        :raises SyncError: GitHub refused it, or there was no answer
        """
        try:
            url = self.graphql_url
        except ValueError:
            raise unsendable(about) from None
        return self._send("POST", url, question, about)

    def rest(self, path: str, about: str) -> HttpAnswer:
        """Get something from the REST API; as :meth:`graphql`."""
        return self._send("GET", self.api_url + path, None, about)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _send(self, verb: str, url: str, body: dict[str, Any] | None, about: str) -> HttpAnswer:
        answer = self._exchange(verb, url, body, self._authorization(about), about)
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise error_of_status(
                answer.status, answer.headers, answer.body, about, self.credentials.remedy
            )
        if not answer.is_json:
            kind = answer.headers.get("content-type", "of an unknown type")
            raise GitHubUnavailable(f"{about}: no proper answer from GitHub: not JSON but {kind}.")
        return HttpAnswer(answer.headers, answer.body, _date(answer.headers, about))

    def _authorization(self, about: str) -> str:
        try:
            return self.credentials.authorization(
                lambda verb, path, body, header: self._exchange(
                    verb, self.api_url + path, body, header, about
                ),
                about,
            )
        except GitHubUnavailable as error:
            error.may_be_too_much = False  # it is not about what was asked
            raise

    def _exchange(
        self, verb: str, url: str, body: dict[str, Any] | None, authorization: str, about: str
    ) -> ReceivedAnswer:
        try:
            response = self._session.request(
                verb,
                url,
                json=body,
                headers={"Authorization": authorization},
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            )
            headers = {name.lower(): value for name, value in response.headers.items()}
            self.last_headers = headers
            content, is_json = _decoded(read_body(response, about))
            return ReceivedAnswer(response.status_code, headers, content, is_json)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            # Replaced, not chained: the frames behind it hold the request's headers.
            refusal = error_of_connection(error, url, about, self._timeout)
        raise refusal


class _KeepHeader(requests.auth.AuthBase):
    """Keeps the Authorization header; otherwise requests replaces it by a netrc file's password."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _decoded(content: bytearray) -> tuple[object, bool]:
    """The JSON, or the text that is none."""
    try:
        return json.loads(content), True
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace"), False


def _date(headers: dict[str, str], about: str) -> datetime:
    if date := github_time(headers):
        return date
    raise GitHubUnavailable(
        f"{about}: GitHub's answer has no valid Date header, which the sync needs for its "
        "watermark.",
        remedy="If it persists, check whether a proxy between the Airflow workers and GitHub "
        "removes or changes the header. Then clear the failed instance.",
    )
