"""Who may ask, for what, and how often."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from github_server.actors import Actor
from github_server.repositories import Repository


@dataclass
class RateLimit:
    """How many points each token has in each window, for GraphQL and for REST.

    GitHub has called a spent GraphQL quota RATE_LIMITED and, lately, RATE_LIMIT:
    https://github.com/yanyongyu/githubkit/issues/271
    """

    limit: int = 5000
    window_seconds: float = 3600
    error_type: Literal["RATE_LIMITED", "RATE_LIMIT"] = "RATE_LIMITED"


@dataclass
class Quota:
    """What one token used of one resource in its current window."""

    resource: str
    limit: int
    used: int = 0
    resets_at: datetime | None = None

    @property
    def remaining(self) -> int:
        """Points left."""
        return max(0, self.limit - self.used)

    @property
    def reset(self) -> int:
        """When the window ends, in seconds since 1970."""
        return int(self.resets_at.timestamp()) if self.resets_at else 0

    def refresh(self, rate_limit: RateLimit, now: datetime) -> None:
        """Begin a new window if the last one is over."""
        self.limit = rate_limit.limit
        if self.resets_at is None or now >= self.resets_at:
            self.used = 0
            self.resets_at = now + timedelta(seconds=rate_limit.window_seconds)

    def spend(self) -> bool:
        """Take a point; False when none is left."""
        if self.remaining == 0:
            return False
        self.used += 1
        return True


Refusal = Literal["sso", "ip"]


@dataclass(eq=False)
class Token:
    """A credential: whose it is, which repositories it sees (None: all), and what it used up.

    Its kind is in the secret's prefix, as on GitHub. A classic token has scopes (None: it is not
    one, and GitHub tells none); a fine-grained one and an app's have permissions (None: all).
    GitHub answers 401 to its first ``first_uses_refused`` uses, as it does until it knows a new one
    everywhere.
    """

    secret: str = field(repr=False)
    user: Actor
    sees: Collection[str] | None = None
    sso_blocked_orgs: Collection[str] = ()
    installation_id: int | None = None
    expires_at: datetime | None = None
    member_of: Collection[str] | None = None
    ip_blocked_orgs: Collection[str] = ()
    scopes: Collection[str] | None = None
    permissions: Mapping[str, str] | None = None
    first_uses_refused: int = 0
    quotas: dict[str, Quota] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """The last characters, to tell tokens apart without telling them."""
        return f"…{self.secret[-4:]}"

    @property
    def holder(self) -> str:
        """How GitHub names it when its quota is spent."""
        if self.installation_id is not None:
            return f"installation ID {self.installation_id}"
        return f"user ID {self.user.database_id}"

    def can_see(self, repository: Repository) -> bool:
        """Whether the repository exists for this token; access outlives renames."""
        if self.scopes is not None and "repo" not in self.scopes and repository.is_private:
            return False
        if self.sees is None:
            return True
        names = {name.lower() for name in (repository.full_name, *repository.former_names)}
        return not names.isdisjoint(name.lower() for name in self.sees)

    def can_read_pull_requests(self, repository: Repository) -> bool:
        """Whether its permissions include this; everyone may read what is public."""
        is_allowed = self.permissions is None or "pull_requests" in self.permissions
        return is_allowed or not repository.is_private

    @property
    def headers(self) -> dict[str, str]:
        """The headers about it in each of GitHub's answers.

        https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
        https://github.blog/changelog/2021-07-26-expiration-options-for-personal-access-tokens/
        """
        headers = {}
        if self.scopes is not None:
            headers["x-oauth-scopes"] = ", ".join(self.scopes)
        if self.expires_at is not None and self.installation_id is None:
            headers["github-authentication-token-expiration"] = (
                f"{self.expires_at:%Y-%m-%d %H:%M:%S} UTC"
            )
        return headers

    def refusal(self, repository: Repository) -> Refusal | None:
        """What of the owner's rules stands in the way, if anything does."""
        owner = repository.owner.login.lower()
        rules: dict[Refusal, Collection[str]] = {
            "sso": self.sso_blocked_orgs,
            "ip": self.ip_blocked_orgs,
        }
        return next((r for r, orgs in rules.items() if owner in {o.lower() for o in orgs}), None)

    def is_of_member(self, organization: Actor) -> bool:
        """Whether its user is a member of the organization (None: of every one)."""
        logins = None if self.member_of is None else {login.lower() for login in self.member_of}
        return logins is None or organization.login.lower() in logins

    def quota(self, resource: str, rate_limit: RateLimit, now: datetime) -> Quota:
        """The quota of "graphql" or "core", with a new window if it is time."""
        quota = self.quotas.setdefault(resource, Quota(resource, rate_limit.limit))
        quota.refresh(rate_limit, now)
        return quota


@dataclass
class AppInstallation:
    """A GitHub App installed somewhere: trades a JSON web token for hourly tokens.

    With a ``public_key`` (PEM) the JSON web token's signature and times are checked.
    """

    app_id: int
    installation_id: int
    user: Actor
    sees: Collection[str] | None = None
    permissions: Mapping[str, str] = field(
        default_factory=lambda: {"metadata": "read", "pull_requests": "read"}
    )
    public_key: str | None = None
    is_suspended: bool = False
    first_uses_refused: int = 0


def rate_limit_error(rate_limit: RateLimit, token: Token) -> dict[str, str]:
    """What GraphQL says once a token's quota is spent."""
    if rate_limit.error_type == "RATE_LIMIT":
        message = f"API rate limit already exceeded for {token.holder}."
        return {"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": message}
    return {"type": "RATE_LIMITED", "message": f"API rate limit exceeded for {token.holder}."}
