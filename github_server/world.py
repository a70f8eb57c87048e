"""The in-memory truth that the server serves.

    world = World()
    alice = world.user("alice")
    api = world.repository("acme/api")
    pr = api.pull_request("feat: cursors", author=alice)
    pr.submit_review(world.user("bob"), "APPROVED")

Everything is guarded by one lock, so a test may change the world while a client pages through it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from github_server.actors import Actor
from github_server.clock import Clock
from github_server.faults import Faults
from github_server.labels import Label
from github_server.pull_requests import PullRequest, Review
from github_server.registry import Registry
from github_server.repositories import Repository
from github_server.request_log import LoggedRequest
from github_server.tokens import AppInstallation, RateLimit, Token

SAMPLE_TOKEN = "sample-token"  # noqa: S105 (it opens nothing real)
INSTALLATION_TOKEN_LIFETIME = timedelta(hours=1)

Node = Actor | Repository | PullRequest | Review | Label


class World(Registry):
    """Repositories, people, tokens, the clock, the faults to come and the requests so far."""

    def __init__(self, clock: Clock | None = None, web_url: str = "https://github.example") -> None:
        super().__init__(clock or Clock(), web_url)
        self.repositories: dict[str, Repository] = {}
        self.redirects: dict[str, Repository] = {}
        self.tokens: dict[str, Token] = {}
        self.installations: dict[int, AppInstallation] = {}
        self.rate_limit = RateLimit()
        self.faults = Faults()
        self.request_log: list[LoggedRequest] = []
        self.requests = 0
        self.viewer = self.user("sample-viewer")
        self.token(SAMPLE_TOKEN)

    # Repositories

    def repository(
        self, full_name: str, *, database_id: int | None = None, **fields: Any
    ) -> Repository:
        """Create a repository; its owner becomes an organization unless already a user."""
        with self.lock:
            self._free_name(full_name)
            repository = Repository(
                world=self,
                full_name=full_name,
                database_id=database_id or self.sequences.repository(),
                owner=self._owner(full_name),
                created_at=fields.pop("created_at", None) or self.now(),
                **fields,
            )
            self.repositories[full_name.lower()] = repository
            self.nodes[repository.id] = repository
            return repository

    def find_repository(self, full_name: str, follow_renames: bool = True) -> Repository | None:
        """The repository of this name, or the one that had it before."""
        name = full_name.lower()
        redirected = self.redirects.get(name) if follow_renames else None
        return self.repositories.get(name) or redirected

    def rename(self, repository: Repository, full_name: str) -> None:
        """Rename or transfer; the old name leads here until another repository takes it."""
        with self.lock:
            self._free_name(full_name)
            old = repository.full_name
            self.redirects[old.lower()] = self.repositories.pop(old.lower())
            repository.former_names.append(old)
            repository.full_name, repository.owner = full_name, self._owner(full_name)
            self.repositories[full_name.lower()] = repository

    def delete_repository(self, repository: Repository) -> None:
        """Delete it with all it holds; its names, old ones too, lead nowhere."""
        with self.lock:
            for pull_request in list(repository.pull_requests.values()):
                repository.delete_pull_request(pull_request)
            del self.repositories[repository.full_name.lower()]
            self.forget_nodes(repository)
            kept = {name: to for name, to in self.redirects.items() if to is not repository}
            self.redirects = kept

    def _owner(self, full_name: str) -> Actor:
        login = full_name.partition("/")[0]
        return self.actors.get(login.lower()) or self.organization(login)

    def _free_name(self, full_name: str) -> None:
        if full_name.lower() in self.repositories:
            raise ValueError(f"there is already a repository {full_name}")
        self.redirects.pop(full_name.lower(), None)

    # Tokens

    def token(  # noqa: PLR0913 (a test names the few that it is about)
        self,
        secret: str,
        *,
        user: Actor | None = None,
        sees: Collection[str] | None = None,
        sso_blocked_orgs: Collection[str] = (),
        expires_at: datetime | None = None,
        installation_id: int | None = None,
        member_of: Collection[str] | None = None,
        scopes: Collection[str] | None = None,
        permissions: Mapping[str, str] | None = None,
    ) -> Token:
        """Accept this token from now on (a known one is replaced)."""
        with self.lock:
            token = Token(
                secret=secret,
                user=user or self.viewer,
                sees=sees,
                sso_blocked_orgs=sso_blocked_orgs,
                installation_id=installation_id,
                expires_at=expires_at,
                member_of=member_of,
                scopes=scopes,
                permissions=permissions,
            )
            self.tokens[secret] = token
            return token

    def revoke(self, token: Token) -> None:
        """Stop accepting it."""
        with self.lock:
            self.tokens.pop(token.secret, None)

    def app(
        self, app_id: int, installation_id: int, *, sees: Collection[str] | None = None, **more: Any
    ) -> AppInstallation:
        """Install a GitHub App."""
        bot = self.bot(f"app-{app_id}")
        installation = AppInstallation(app_id, installation_id, bot, sees, **more)
        self.installations[installation_id] = installation
        return installation

    def installation_token(self, installation: AppInstallation) -> Token:
        """A fresh token for an installation, good for an hour."""
        made = self.token(
            f"ghs_{secrets.token_hex(18)}",
            user=installation.user,
            sees=installation.sees,
            permissions=installation.permissions,
            installation_id=installation.installation_id,
            expires_at=self.now() + INSTALLATION_TOKEN_LIFETIME,
        )
        made.first_uses_refused = installation.first_uses_refused
        return made

    def valid_token(self, secret: str) -> Token | None:
        """The token, if it is known and has not expired."""
        token = self.tokens.get(secret)
        expired = token and token.expires_at and token.expires_at <= self.now()
        return None if expired else token

    # The log

    def log(self, request: LoggedRequest) -> None:
        """Remember a request."""
        with self.lock:
            self.requests += 1
            self.request_log.append(request)

    def requests_of(self, operation: str) -> list[LoggedRequest]:
        """The requests for one GraphQL operation, in order."""
        return [request for request in self.request_log if request.operation == operation]
