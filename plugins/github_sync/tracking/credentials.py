"""What a connection's credentials are, as far as GitHub shows it; never their secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from github_sync.api.client import GitHubClient
from github_sync.api.transport import credentials as api
from github_sync.api.transport.headers import (
    concerns_graphql,
    github_time,
    number,
    remaining,
    resets_at,
)
from github_sync.redaction import redact

CLASSIC, FINE_GRAINED = "classic token", "fine-grained token"
INSTALLATION, APP_USER = "GitHub App installation", "user token of a GitHub App"
OAUTH, UNKNOWN_KIND = "OAuth token", "credentials of an unknown kind"
KINDS = {
    "ghp_": CLASSIC,
    "github_pat_": FINE_GRAINED,
    "gho_": OAUTH,
    "ghu_": APP_USER,
    "ghs_": INSTALLATION,
}
"""https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available"""

EXPIRES_SOON = timedelta(days=14)
WITHOUT_ADDRESS = re.compile(r"required; *url=(https?://[^\s?#;]+)")


@dataclass(frozen=True)
class Credentials:
    """One connection's, from GitHub's last answer; None is what GitHub does not show.

    :param scopes: of a classic or OAuth token; the other kinds have none
    :param permissions: of a GitHub App's installation; GitHub does not show a fine-grained token's
    :param renews: they are renewed each hour, so that their expiry does not matter
    :param sso_url: where to authorize them for single sign-on, if GitHub has just asked for it
    """

    kind: str
    scopes: list[str] | None = None
    permissions: dict[str, str] | None = None
    renews: bool = False
    expires_at: datetime | None = None
    sso_url: str | None = None
    quota: dict[str, Any] | None = None
    now: datetime | None = None

    @property
    def expires_soon(self) -> bool:
        """Within two weeks."""
        return bool(self.expires_at and self.now and self.expires_at - self.now <= EXPIRES_SOON)

    @property
    def lacks_repo(self) -> bool:
        """Whether their scopes hide private repositories."""
        return self.scopes is not None and "repo" not in self.scopes


def credentials_of(github: GitHubClient) -> Credentials:
    """What GitHub's last answer (a refusal too) and the connection itself show.

    https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
    https://docs.github.com/en/enterprise-cloud@latest/rest/authentication/authenticating-to-the-rest-api
    """
    transport = github.session.transport
    used, headers = transport.credentials, transport.last_headers
    is_app = isinstance(used, api.AppInstallation)
    return Credentials(
        kind=_kind(used),
        scopes=_scopes(headers),
        permissions=_permissions(used),
        renews=is_app,
        expires_at=None if is_app else _expiry(headers),
        sso_url=_sso_url(headers),
        quota=_quota(headers),
        now=_now(headers),
    )


def _kind(used: api.Credentials) -> str:
    if isinstance(used, api.AppInstallation):
        return INSTALLATION
    token = str(getattr(used, "token", ""))
    return next((kind for prefix, kind in KINDS.items() if token.startswith(prefix)), UNKNOWN_KIND)


def _scopes(headers: Mapping[str, Any]) -> list[str] | None:
    if "x-oauth-scopes" not in headers:
        return None
    scopes = [scope.strip() for scope in str(headers["x-oauth-scopes"]).split(",")]
    return [redact(scope) for scope in scopes if scope]


def _permissions(used: api.Credentials) -> dict[str, str] | None:
    """Those that came with the installation's token.

    https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
    """
    if not isinstance(used.permissions, dict):
        return None
    return {redact(str(name)): redact(str(level)) for name, level in used.permissions.items()}


def _expiry(headers: Mapping[str, Any]) -> datetime | None:
    """GitHub writes ``2026-03-09 04:00:00 UTC``, and has written offsets.

    https://github.com/google/go-github/pull/2031
    """
    text = str(headers.get("github-authentication-token-expiration", "")).replace("UTC", "+0000")
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").astimezone(timezone.utc)
    except ValueError:
        return None


def _sso_url(headers: Mapping[str, Any]) -> str | None:
    """Without its query, which begins an authorization: nothing for logs."""
    found = WITHOUT_ADDRESS.match(str(headers.get("x-github-sso", "")))
    return redact(found[1]) if found else None


def _quota(headers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of GraphQL; an Enterprise Server without limits sends none."""
    limit, left = number(headers, "x-ratelimit-limit"), remaining(headers)
    reset = resets_at(headers)
    if not concerns_graphql(headers) or limit is None or left is None or reset is None:
        return None
    return {"limit": int(limit), "remaining": left, "resets_at": reset.isoformat()}


def _now(headers: Mapping[str, Any]) -> datetime:
    """By GitHub's clock, if it sent its time."""
    return github_time(headers) or datetime.now(timezone.utc)
