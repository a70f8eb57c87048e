"""Makes sure that every paged list ends: GitHub's answers must move on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from github_sync.entities.values import Node
from github_sync.errors import ListWithoutEnd

SLACK = 1.1, 100
"""A list changes while it is read: so many times the most that it can have, and so many more."""

PAGES_WITHOUT_NEW_ROWS = 3
"""So many in a row may bring nothing new, as when all their rows are hidden."""


def says_whether_more_follow(page_info: Any) -> bool:
    """Whether a connection's ``pageInfo`` is complete enough to page on or to stop."""
    return isinstance(page_info, dict) and isinstance(page_info.get("hasNextPage"), bool)


class ListEnd:
    """Watches the pages of one list.

    A page must end at a cursor that no page before it ended at, and bring new rows.
    https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api

    :param about: whose list it is, for the message
    :param what: what it lists, for the message
    :param after: the cursor that the first page is asked with
    :param remembers_rows: it is a short list: the ids of all its rows are remembered, to see which
        are new; of a long one the first of each page
    """

    def __init__(
        self, about: str, what: str, after: str | None = None, remembers_rows: bool = False
    ) -> None:
        self.about = about
        self.what = what
        self._rows = 0
        # Hashes: the cursors of a long list would take memory.
        self._cursors = {hash(after)}
        self._remembers_rows = remembers_rows
        self._shown: set[int] = set()
        self._pages_without_new_rows = 0

    def next_cursor(self, page: Node, most_rows: int | None = None) -> str | None:
        """The cursor of the next page; None if this one is the last.

        :param page: a connection with ``nodes`` and ``pageInfo``
        :param most_rows: how many rows the whole list can have; None if that is not known
        :raises ListWithoutEnd: the list does not move on
        """
        info, nodes = page.get("pageInfo") or {}, page.get("nodes") or []
        self._count(nodes)
        if not says_whether_more_follow(info):
            raise self._error("does not say whether more follow")
        if not info["hasNextPage"]:
            return None
        cursor = info.get("endCursor")
        if not cursor:
            raise self._error("claims that more follow, without a cursor")
        if hash(cursor) in self._cursors:
            raise self._error("ends again at a cursor at which an earlier page ended")
        if self._pages_without_new_rows >= PAGES_WITHOUT_NEW_ROWS:
            raise self._error("repeats what it sent before")
        if most_rows is not None and self._rows > most_rows * SLACK[0] + SLACK[1]:
            raise self._error(f"has sent {self._rows:,} of at most {most_rows:,}, and goes on")
        self._cursors.add(hash(cursor))
        return str(cursor)

    def read_all(self, page: Node, next_page: Callable[[str], Node]) -> list[Node | None]:
        """The rows of all pages of a short list.

        :param page: the first one
        :param next_page: asks for the page after a cursor; what it raises is raised
        :raises ListWithoutEnd: as :meth:`next_cursor`
        """
        rows = list(page["nodes"])
        while after := self.next_cursor(page):
            page = next_page(after)
            rows += page["nodes"]
        return rows

    def _count(self, nodes: list[Node | None]) -> None:
        self._rows += max(1, len(nodes))
        ids = [str(node["id"]) for node in nodes if node and node.get("id")]
        # Of a long list the first row of each page is enough: a page that comes again begins alike.
        shown = {hash(one) for one in (ids if self._remembers_rows else ids[:1])}
        is_new = not shown <= self._shown
        self._shown |= shown
        self._pages_without_new_rows = 0 if is_new else self._pages_without_new_rows + 1

    def _error(self, what_it_does: str) -> ListWithoutEnd:
        return ListWithoutEnd(f"{self.about}: GitHub's list of {self.what} {what_it_does}.")
