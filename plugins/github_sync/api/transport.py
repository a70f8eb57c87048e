"""Sends requests to GitHub's API over HTTP, and turns what goes wrong into errors of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from github_sync import __version__
from github_sync.api.credentials import Credentials
from github_sync.api.refusals import error_of_status
from github_sync.errors import ConfigurationError, GitHubUnavailable, SyncError

GITHUB_COM = "https://api.github.com"
UNSENDABLE = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    UnicodeError,
)


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
    :param timeout: seconds until an answer must begin
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
        return self._send("POST", self.graphql_url, question, self._authorization(about), about)

    def rest(self, path: str, about: str) -> HttpAnswer:
        """Get something from the REST API; as :meth:`graphql`."""
        return self._send("GET", self.api_url + path, None, self._authorization(about), about)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _authorization(self, about: str) -> str:
        return self.credentials.authorization(
            lambda verb, path, body, header: self._send(
                verb, self.api_url + path, body, header, about
            )
        )

    def _send(
        self, verb: str, url: str, body: dict[str, Any] | None, authorization: str, about: str
    ) -> HttpAnswer:
        try:
            response = self._session.request(
                verb,
                url,
                json=body,
                headers={"Authorization": authorization},
                timeout=self._timeout,
                allow_redirects=False,
            )
            headers = {name.lower(): value for name, value in response.headers.items()}
            self.last_headers = headers
            if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
                refusal = error_of_status(response.status_code, headers, _decoded(response), about)
            else:
                return HttpAnswer(headers, response.json(), _date(headers, about))
        except (requests.RequestException, ValueError) as error:
            # Replaced, not chained: the frames behind it hold the request's headers.
            refusal = _no_answer(error, about)
        raise refusal


class _KeepHeader(requests.auth.AuthBase):
    """Keeps the Authorization header; otherwise requests replaces it by a netrc file's password."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _decoded(response: requests.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return response.text


def _date(headers: dict[str, str], about: str) -> datetime:
    try:
        return parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        raise GitHubUnavailable(
            f"{about}: GitHub's answer has no valid Date header, which the sync needs for its "
            "watermark."
        ) from None


def _no_answer(error: Exception, about: str) -> SyncError:
    """The error of ours for what requests raised."""
    if isinstance(error, UNSENDABLE):
        # The exception's text may show the token.
        return ConfigurationError(
            f"{about}: the connection's token or host has a line break or another character that "
            "cannot be sent.",
            "Enter it in the connection again, without spaces and line breaks. The host is "
            "https://HOST/api/v3, or empty for github.com.",
        )
    return GitHubUnavailable(
        f"{about}: no proper answer from GitHub ({_root(error)}).",
        may_be_too_much=isinstance(error, requests.ReadTimeout),
    )


def _root(error: BaseException) -> str:
    """What is at the bottom of a chain of connection errors, without the wrappers' names."""
    reason = getattr(error.args[0], "reason", error) if error.args else error
    return f"{type(reason).__name__}: {reason}"
