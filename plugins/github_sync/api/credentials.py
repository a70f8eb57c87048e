"""What a request authenticates with: a token, or a GitHub App's installation.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from github_sync.entities.values import parse_time
from github_sync.errors import ConfigurationError

RENEW_BEFORE_SECONDS = 60
"""An installation's token is renewed so long before it expires."""

Send = Callable[[str, str, dict[str, Any], str], "TokenAnswer"]
"""Sends a request: verb, path, JSON body, and the value of its Authorization header."""


class TokenAnswer(Protocol):
    """GitHub's answer to a request for an installation's token."""

    @property
    def body(self) -> Any:
        """The decoded JSON."""

    @property
    def date(self) -> datetime:
        """GitHub's time when it answered."""


class Credentials(Protocol):
    """One connection's credentials."""

    @property
    def permissions(self) -> dict[str, str] | None:
        """What GitHub granted a GitHub App's installation, once it is known; None for tokens."""

    def authorization(self, send: Send) -> str:
        """The value of the Authorization header.

        :param send: for credentials that first ask GitHub for a token
        :raises SyncError: GitHub refused that
        """


@dataclass(frozen=True)
class Token:
    """A personal access token, or another token that is used as it is."""

    token: str
    permissions: dict[str, str] | None = None

    def authorization(self, _: Send) -> str:
        """The value of the Authorization header."""
        return f"token {self.token}"


class AppInstallation:
    """A GitHub App's installation, with tokens that live an hour and are renewed in time.

    :param private_key: the PEM file that GitHub made for the App
    :param token_permissions: ask for no more than these; None for all that were granted
    """

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
        self._renew_at = 0.0

    @property
    def permissions(self) -> dict[str, str] | None:
        """What GitHub granted the installation; None before its first token."""
        return self._permissions

    def authorization(self, send: Send) -> str:
        """The value of the Authorization header.

        :raises ConfigurationError: the private key cannot sign
        :raises SyncError: GitHub refused the App
        """
        if time.monotonic() >= self._renew_at:
            self._renew(send("POST", self._path, self._asked, f"Bearer {self._json_web_token()}"))
        return f"token {self._token}"

    def _renew(self, answer: TokenAnswer) -> None:
        # By GitHub's clock: the worker's own may be wrong.
        lifetime = parse_time(answer.body["expires_at"]) - answer.date
        self._renew_at = time.monotonic() + lifetime.total_seconds() - RENEW_BEFORE_SECONDS
        self._token = answer.body["token"]
        self._permissions = answer.body.get("permissions")

    def _json_web_token(self) -> str:
        """https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app"""
        import jwt

        now = int(time.time())
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
