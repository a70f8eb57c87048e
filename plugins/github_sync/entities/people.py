"""The accounts that pull requests and their children name: rows of ``users``."""

from __future__ import annotations

from github_sync.entities.values import Node, Row, storable

People = dict[int, Row]
"""Rows of ``users`` by ``github_user_id``."""


def user_id(actor: Node | None, people: People) -> int | None:
    """The account's ``github_user_id``; its row is added to ``people``.

    :param actor: the fragment ActorFields
    :returns: None for a deleted account, which GitHub sends as null
    """
    if actor is None or actor.get("databaseId") is None:
        return None
    github_user_id = int(actor["databaseId"])
    people[github_user_id] = {
        "github_user_id": github_user_id,
        "login": storable(actor["login"]),
        "type": actor["__typename"],
    }
    return github_user_id
