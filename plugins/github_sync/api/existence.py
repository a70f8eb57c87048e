"""Asks GitHub whether stored rows still exist, by two independent identities.

A node id alone proves nothing: GitHub has changed the format of its ids, answered old ids with new
ones for a while, and then no longer known them. Database ids and numbers stay.
https://github.blog/2021-11-16-graphql-global-id-migration-update
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from github_sync.api.client import TRIES, Answer, GitHubClient
from github_sync.api.documents import document, document_for_numbers
from github_sync.api.list_end import ListEnd
from github_sync.api.node_errors import NodeError, errors_by_node
from github_sync.api.transport.refusals import error_of_graphql
from github_sync.entities import PULL_REQUESTS
from github_sync.entities.child import Child
from github_sync.entities.stored_row import Existence, StoredRow
from github_sync.entities.values import Node
from github_sync.errors import AccessDenied, GitHubUnavailable, ListWithoutEnd, RepositoryNotFound


def by_node_id(
    rows: Iterable[StoredRow],
    nodes: list[Node | None],
    errors: dict[int, list[NodeError]],
) -> Existence:
    """What a list of nodes shows of the rows: matched by place, and by database id.

    :param nodes: the fragment StoredNode for each row's node id
    :param errors: by place
    """
    asked, present, gone = list(rows), [], []
    for index, row in enumerate(asked):
        node = nodes[index] if index < len(nodes) else None
        if isinstance(node, dict):
            if row.is_shown_by(node):
                present.append(row.shown_as(node))
            elif row.is_denied_by(node):
                gone.append(row)
        elif any(error.is_gone for error in errors.get(index, [])):
            gone.append(row)
    return Existence(asked, present, gone)


def rows_that_exist(
    github: GitHubClient, repository_id: str, rows: list[StoredRow], tries: int = TRIES
) -> Existence:
    """Which of the rows GitHub still has: by node id, and by number within the repository.

    One is gone only if GitHub knows it by neither.

    :param repository_id: the repository's node id; nothing is gone unless GitHub still shows it
    :param rows: of one entity, at most 100; of more than GitHub can serve only the first are asked
    :raises SyncError: as ``GitHubClient.query``
    """
    entity = rows[0].entity
    answer = github.query(
        lambda variables: document_for_numbers(
            f"{entity.name}/existing", _numbers(rows[: len(variables["ids"])])
        ),
        {"repositoryId": repository_id, "ids": [row.github_node_id for row in rows]},
        sized_by="ids",
        check=lambda answer: check_repository_is_shown(github, answer),
        tries=tries,
    )
    asked = rows[: len(answer.variables["ids"])]
    about_nodes = replace(answer, errors=_under(answer, "nodes"))
    errors = errors_by_node(about_nodes, "", "nodes")
    known = by_node_id(asked, answer.data["nodes"], errors)
    numbered = _by_number(github, answer, asked)
    present = {row.key: row for row in (*known.present, *numbered.present)}
    # Beside a number that is clearly not there, a null without an error is clear enough.
    nulls = {
        row.key
        for index, (row, node) in enumerate(zip(asked, answer.data["nodes"], strict=True))
        if node is None and index not in errors and row.number > 0
    }
    gone = (nulls | {row.key for row in known.gone}) & {row.key for row in numbered.gone}
    return Existence(
        asked,
        list(present.values()),
        [row for row in asked if row.key in gone and row.key not in present],
    )


def check_repository_is_shown(github: GitHubClient, answer: Answer) -> None:
    """Whether the answer shows the repository, and says something of each node asked for.

    :param answer: with ``repository``, and with ``nodes`` for the variable ``ids``
    :raises GitHubUnavailable: it does not
    :raises SyncError: an error beside the data concerns the repository, or nothing in particular
    """
    for error in answer.errors:
        if len(error.get("path") or []) <= 1:
            raise error_of_graphql([error], answer.headers, github.about)
    nodes, asked = answer.data.get("nodes"), len(answer.variables["ids"])
    if not answer.data.get("repository") or not isinstance(nodes, list) or len(nodes) != asked:
        raise GitHubUnavailable(f"{github.about}: GitHub did not answer what was asked by id.")


def _numbers(rows: list[StoredRow]) -> list[int]:
    """Those that are numbers: a row whose number is another one's has it negative."""
    return sorted({row.number for row in rows if row.number > 0})


def _under(answer: Answer, *path: str) -> list[dict[str, object]]:
    return [one for one in answer.errors if tuple(one["path"][: len(path)]) == path]


def _by_number(github: GitHubClient, answer: Answer, asked: list[StoredRow]) -> Existence:
    present: list[StoredRow] = []
    gone = [row for row in asked if row.number <= 0]
    for number in _numbers(asked):
        its = [row for row in asked if row.number == number]
        shown = _shown_by_number(github, answer, its[0])
        for row in its if shown is not None else ():
            node = next((node for node in shown or () if row.is_shown_by(node)), None)
            if node:
                present.append(row.shown_as(node))
            elif all(row.is_denied_by(node) for node in shown or ()):
                gone.append(row)
    return Existence(asked, present, gone)


def _shown_by_number(github: GitHubClient, answer: Answer, row: StoredRow) -> list[Node] | None:
    """All that the row's number leads to, one of which is the row unless that is gone.

    :returns: None if GitHub gave no clear answer
    """
    alias = f"number{row.number}"
    pull_request = answer.data["repository"].get(alias)
    errors = _under(answer, "repository", alias)
    if pull_request is None:
        is_gone = any(one.get("type") == "NOT_FOUND" for one in errors)
        return [] if is_gone and row.entity == PULL_REQUESTS else None
    if errors:
        return None
    if not isinstance(row.entity, Child):
        return [pull_request]
    is_its = str(pull_request.get("fullDatabaseId")) == str(row.github_pr_id)
    return _listed(github, pull_request, row.entity) if is_its else None


def _listed(github: GitHubClient, pull_request: Node, child: Child) -> list[Node] | None:
    """All items of a child's list; None if GitHub did not serve all of them."""
    page = pull_request.get(child.connection) or {}
    if page.get("nodes") is None:
        return None

    def next_page(after: str) -> Node:
        variables = {"pullRequestId": pull_request["id"], "after": after}
        answer = github.query(document(f"{child.name}/more"), variables)
        page = (answer.data.get("node") or {}).get(child.connection) or {}
        if answer.errors or page.get("nodes") is None:
            raise GitHubUnavailable(f"{github.about}: GitHub did not list the {child.name}.")
        return dict(page)

    end = ListEnd(github.about, child.name, remembers_rows=True)
    try:
        items = end.read_all(page, next_page)
    except (ListWithoutEnd, GitHubUnavailable, AccessDenied, RepositoryNotFound):
        return None  # nothing is known of this pull request's rows; the others do not wait for it
    found = [item for item in items if item is not None]
    return found if len(found) == len(items) else None
