"""A stored row as GitHub knows it, and what GitHub answers when it is asked whether it exists."""

from __future__ import annotations

from dataclasses import dataclass, replace

from github_sync.entities.child import Entity
from github_sync.entities.values import Node


@dataclass(frozen=True)
class StoredRow:
    """A stored row by all that identifies it on GitHub.

    GitHub has changed the format of its node ids, and may again; database ids and numbers stay.
    https://github.blog/2021-11-16-graphql-global-id-migration-update

    :param key: its database id, the key of its table
    :param github_node_id: its node id as GitHub last showed it
    :param github_pr_id: the database id of its pull request
    :param number: the number of its pull request within the repository
    :param is_deleted: it is marked as deleted
    """

    entity: Entity
    key: int
    github_node_id: str
    github_pr_id: int
    number: int
    is_deleted: bool = False

    def is_shown_by(self, node: Node) -> bool:
        """Whether GitHub's node is this row.

        :param node: with ``id``, and with ``fullDatabaseId`` unless GitHub did not serve that
        """
        database_id = node.get("fullDatabaseId")
        if database_id is None:
            return bool(node.get("id") == self.github_node_id)
        return str(database_id) == str(self.key)

    def is_denied_by(self, node: Node) -> bool:
        """Whether GitHub's node is certainly another row: it has another database id."""
        database_id = node.get("fullDatabaseId")
        return database_id is not None and str(database_id) != str(self.key)

    def shown_as(self, node: Node) -> StoredRow:
        """The row with the node id that GitHub's node of it has now."""
        return replace(self, github_node_id=node.get("id") or self.github_node_id)


@dataclass(frozen=True)
class Existence:
    """What GitHub answered about stored rows; one without a clear answer is in neither list.

    :param asked: those that were asked for: of too many, only the first
    :param present: those that exist, each with the node id that it has now
    :param gone: those that GitHub answered it does not have
    """

    asked: list[StoredRow]
    present: list[StoredRow]
    gone: list[StoredRow]

    @property
    def back(self) -> list[StoredRow]:
        """Those present that are marked as deleted."""
        return [row for row in self.present if row.is_deleted]

    @property
    def with_other_node_ids(self) -> list[StoredRow]:
        """Those present whose stored node id is no longer the one that GitHub shows."""
        asked = set(self.asked)
        return [row for row in self.present if row not in asked]
