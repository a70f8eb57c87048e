"""What a request authenticates with: a token, or a GitHub App's installation.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import Any, ClassVar, Protocol

from github_sync.api.transport.app_refusals import error_of_app, token_of
from github_sync.api.transport.headers import github_time
from github_sync.api.transport.refusals import ENTER_A_VALID_ONE
from github_sync.errors import ConfigurationError

RENEW_BEFORE_SECONDS = 60
"""An installation's token is renewed so long before it expires."""

LONGEST_LIFETIME = timedelta(hours=1)
"""Of an installation's token, as GitHub documents it."""

Send = Callable[[str, str, dict[str, Any], str], "TokenAnswer"]
"""Sends a request: verb, path, JSON body, and the value of its Authorization header."""


class TokenAnswer(Protocol):
    """GitHub's answer to a request for an installation's token, or its refusal."""

    @property
    def status(self) -> int:
        """HTTP's."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case names."""

    @property
    def body(self) -> object:
        """The decoded JSON, or a text."""


class Credentials(Protocol):
    """One connection's credentials."""

    patience: ClassVar[int]
    """How often a request is sent again, with growing waits, after GitHub refused them."""

    remedy: ClassVar[str]
    """What to do if GitHub refuses them all the same."""

    @property
    def permissions(self) -> dict[str, str] | None:
        """What GitHub granted a GitHub App's installation, once it is known; None for tokens."""

    @property
    def is_fresh(self) -> bool:
        """Whether GitHub may not know them everywhere yet."""

    def authorization(self, send: Send, about: str) -> str:
        """The value of the Authorization header.

        :param send: for credentials that first ask GitHub for a token
        :param about: what is asked about, for messages
        :raises SyncError: GitHub refused that
        """

    def accepted(self) -> None:
        """GitHub has answered a request with them."""

    def refused(self) -> bool:
        """GitHub has refused them (HTTP 401).

        :returns: whether others can be used at once: then there is nothing to wait for
        """


@dataclass(frozen=True)
class Token:
    """A personal access token, or another token that is used as it is."""

    token: str
    permissions: dict[str, str] | None = None
    is_fresh: bool = False
    patience: ClassVar[int] = 1
    """GitHub has refused valid tokens for a moment."""
    remedy: ClassVar[str] = ENTER_A_VALID_ONE

    def authorization(self, *_: object) -> str:
        """The value of the Authorization header."""
        return f"token {self.token}"

    def accepted(self) -> None:
        """It stays what it is."""

    def refused(self) -> bool:
        """There is no other."""
        return False


class AppInstallation:
    """A GitHub App's installation, with tokens that live an hour and are renewed in time.

    :param private_key: the PEM file that GitHub made for the App
    :param token_permissions: ask for no more than these; None for all that were granted
    """

    patience: ClassVar[int] = 3
    """A new token takes GitHub some seconds to know everywhere:
    https://github.com/octokit/auth-app.js/issues/65"""
    remedy: ClassVar[str] = (
        "The Airflow connection is a GitHub App: GitHub makes tokens for it, and then refuses "
        "them. Check in the organization's settings that the App is installed and not suspended, "
        "see https://www.githubstatus.com, then clear the failed instance."
    )

    def __init__(
        self,
        app_id: int | str,
        installation_id: int,
        private_key: str,
        token_permissions: dict[str, str] | None = None,
    ) -> None:
        self._permissions: dict[str, str] | None = None
        self._app_id = str(app_id)
        self._path = f"/app/installations/{installation_id}/access_tokens"
        self._private_key = private_key
        self._asked = {"permissions": token_permissions} if token_permissions else {}
        self._token = ""
        self._was_accepted = False
        self._renew_at = 0.0
        self._clock_offset = 0.0

    @property
    def permissions(self) -> dict[str, str] | None:
        """What GitHub granted the installation; None before its first token."""
        return self._permissions

    @property
    def is_fresh(self) -> bool:
        """Whether GitHub has not answered a request with this token yet."""
        return not self._was_accepted

    def authorization(self, send: Send, about: str) -> str:
        """The value of the Authorization header.

        :raises ConfigurationError: the private key cannot sign
        :raises AppRefused: GitHub refused the App or its installation
        :raises SyncError: GitHub did not answer
        """
        if not self._token or time.monotonic() >= self._renew_at:
            self._renew(send, about)
        return f"token {self._token}"

    def accepted(self) -> None:
        """GitHub knows the token."""
        self._was_accepted = True

    def refused(self) -> bool:
        """One that GitHub knew has ended before its time: it is replaced. A fresh one is kept."""
        if self.is_fresh:
            return False
        self._token = ""
        return True

    def _renew(self, send: Send, about: str) -> None:
        answer = self._ask(send)
        if answer.status == HTTPStatus.UNAUTHORIZED and (now := github_time(answer.headers)):
            # The worker's clock may be wrong: once more by GitHub's.
            self._clock_offset = now.timestamp() - time.time()
            answer = self._ask(send)
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise error_of_app(answer.status, answer.headers, answer.body, about)
        made = token_of(answer.body, about)
        now = github_time(answer.headers) or self._now()
        lifetime = min(made.expires_at - now, LONGEST_LIFETIME)
        self._renew_at = time.monotonic() + lifetime.total_seconds() - RENEW_BEFORE_SECONDS
        self._token, self._permissions = made.token, made.permissions
        self._was_accepted = False

    def _ask(self, send: Send) -> TokenAnswer:
        return send("POST", self._path, self._asked, f"Bearer {self._json_web_token()}")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self._clock_offset, timezone.utc)

    def _json_web_token(self) -> str:
        """https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app"""
        import jwt

        now = int(self._now().timestamp())
        claims = {"iat": now - 60, "exp": now + 540, "iss": self._app_id}
        try:
            return jwt.encode(claims, self._private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            refusal = ConfigurationError(
                f"The GitHub App's private_key cannot sign ({type(error).__name__}).",
                "Put the whole PEM file that GitHub made into the connection's extra, as "
                "private_key, with its line breaks as \\n.",
            )
        raise refusal
