"""What every object of the world shares: one lock, one clock, ids, accounts, and nodes by id."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

from github_server.actors import Actor, ActorKind
from github_server.clock import Clock
from github_server.ids import Sequences, reformatted


class Registry:
    """Shared by repositories and what they hold.

    :param web_url: the root of the web pages
    """

    def __init__(self, clock: Clock, web_url: str) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.web_url = web_url
        self.sequences = Sequences()
        self.nodes: dict[str, Any] = {}
        self.actors: dict[str, Actor] = {}
        self.node_id_format = 0

    def change_node_ids(self) -> None:
        """Give every node an id in another format, as GitHub has done; the former ids still work.

        https://github.blog/2021-11-16-graphql-global-id-migration-update
        """
        with self.lock:
            self.node_id_format += 1
            for node in set(self.nodes.values()):
                node.id = reformatted(node.id, self.node_id_format)
                self.nodes[node.id] = node

    def forget_former_node_ids(self) -> None:
        """Answer NOT_FOUND for each id that its node no longer has."""
        with self.lock:
            self.nodes = {node.id: node for node in self.nodes.values()}

    def forget_nodes(self, *deleted: Any) -> None:
        """Answer NOT_FOUND for all ids of nodes that were deleted."""
        ids = {id(node) for node in deleted}
        self.nodes = {key: node for key, node in self.nodes.items() if id(node) not in ids}

    def now(self) -> datetime:
        """GitHub's time, in whole seconds."""
        return self.clock.now().replace(microsecond=0)

    def user(self, login: str, **fields: Any) -> Actor:
        """The user with this login, made at first mention."""
        return self._actor("User", login, **fields)

    def bot(self, login: str, **fields: Any) -> Actor:
        """A GitHub App's account; REST will call it login[bot]."""
        return self._actor("Bot", login, **fields)

    def mannequin(self, login: str, **fields: Any) -> Actor:
        """A placeholder for someone imported from elsewhere."""
        return self._actor("Mannequin", login, **fields)

    def organization(self, login: str, **fields: Any) -> Actor:
        """An organization."""
        return self._actor("Organization", login, **fields)

    def delete_user(self, user: Actor) -> None:
        """Delete an account: everything it wrote becomes a ghost's."""
        with self.lock:
            user.deleted = True
            self.actors.pop(user.login.lower(), None)
            self.forget_nodes(user)

    def _actor(self, kind: ActorKind, login: str, **fields: Any) -> Actor:
        with self.lock:
            known = self.actors.get(login.lower())
            if known is not None:
                return _expect_kind(known, kind)
            fields.setdefault("database_id", self.sequences.actor())
            fields.setdefault("created_at", self.now())
            actor = Actor(kind=kind, login=login, web_url=self.web_url, **fields)
            self.actors[login.lower()] = actor
            self.nodes[actor.id] = actor
            return actor


def _expect_kind(actor: Actor, kind: ActorKind) -> Actor:
    if actor.kind != kind:
        raise ValueError(f"{actor.login} is a {actor.kind}, not a {kind}")
    return actor
