"""What an entity of GitHub's is to this package: the declaration that everything else walks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from github_sync.entities.people import People
from github_sync.entities.values import Node, Row


@dataclass(frozen=True)
class Entity:
    """One table that rows from GitHub fill.

    :param name: its folder in ``include/sql/entities`` and ``include/graphql``
    :param table: the table's name in the schema ``github``
    :param key: the column that holds GitHub's id of a row
    :param graphql_type: GitHub's type of a row
    """

    name: str
    table: str
    key: str
    graphql_type: str

    def sql(self, statement: str) -> str:
        """The name of one of its statements: ``entities/reviews/upsert``."""
        return f"entities/{self.name}/{statement}"


@dataclass(frozen=True)
class Child(Entity):
    """A list that belongs to a pull request, with one row per item.

    It is stored with its pull request, in the same transaction, and only if it is complete. A list
    that GitHub does not serve (null) makes its pull request a failure: null is not empty.

    :param connection: PullRequest's field, a GraphQL connection that takes ``after``
    :param fragment: the fragment on PullRequest that asks for the first items
    :param row: makes a row of an item: its node, the ``github_pr_id``, and the people to add to
    :param nullable: the column of each field that GitHub may refuse, by the field's name
    :param permissions: the permission that each field needs beside ``Pull requests``, by its name
    """

    connection: str
    fragment: str
    row: Callable[[Node, int, People], Row]
    nullable: Mapping[str, str] = field(default_factory=dict, hash=False)
    permissions: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class KeptChild(Child):
    """A child whose rows stay: one that GitHub no longer has is marked ``deleted_at``.

    Its columns include ``github_node_id``, ``html_url``, ``suspected_deleted_at``, ``deleted_at``.
    An item that a complete list lacks is only a suspect until GitHub, asked by id, confirms it.

    :param refreshes_pull_requests: columns of ``pull_requests`` are computed from its rows, by its
        statement ``refresh_pull_requests``
    """

    refreshes_pull_requests: bool = False
    statement: ClassVar[str] = "upsert"

    def identity(self, row: Row) -> object:
        """What distinguishes the row from all others of the table."""
        return row[self.key]


@dataclass(frozen=True)
class ReplacedChild(Child):
    """A child that is a set: what GitHub no longer lists is removed in the same transaction."""

    statement: ClassVar[str] = "replace"

    def identity(self, row: Row) -> object:
        """What distinguishes the row from all others of the table."""
        return row["github_pr_id"], row[self.key]
