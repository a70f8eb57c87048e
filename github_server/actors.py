"""Who writes pull requests and reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from github_server.ids import node_id

ActorKind = Literal["User", "Bot", "Mannequin", "Organization"]
NODE_ID_PREFIXES: dict[ActorKind, str] = {
    "User": "U",
    "Bot": "BOT",
    "Mannequin": "M",
    "Organization": "O",
}


@dataclass(eq=False)
class Actor:
    """A user, bot, mannequin or organization; once deleted, everything of theirs is a ghost's."""

    kind: ActorKind
    login: str
    database_id: int
    created_at: datetime
    web_url: str
    name: str | None = None
    deleted: bool = False

    def __post_init__(self) -> None:
        self.id = node_id(NODE_ID_PREFIXES[self.kind], self.database_id)

    @property
    def typename(self) -> str:
        """The GraphQL type."""
        return self.kind

    @property
    def resource_path(self) -> str:
        """The path of the profile page."""
        return f"/apps/{self.login}" if self.kind == "Bot" else f"/{self.login}"

    @property
    def url(self) -> str:
        """The profile page."""
        return self.web_url + self.resource_path

    @property
    def rest_login(self) -> str:
        """REST marks bots in the login itself; GraphQL does not."""
        return f"{self.login}[bot]" if self.kind == "Bot" else self.login


def living(actor: Actor | None) -> Actor | None:
    """The actor, or None for a ghost: GitHub forgets who a deleted account was."""
    return None if actor is None or actor.deleted else actor
