"""The errors that accompany data, by the node of a list that each concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from github_sync.api.client import Answer
from github_sync.api.transport.refusals import error_of_graphql
from github_sync.redaction import redact

REFUSALS = ("FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED", "NOT_FOUND")
"""Of a part, such as a review's commit, NOT_FOUND lasts too."""
NOT_ACCESSIBLE = "Resource not accessible by"
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class NodeError:
    """Why GitHub could not serve one node of a list, or a part of it.

    :param kind: GitHub's type of the error
    :param path: of the part, below the node; empty for all of it
    """

    kind: str
    message: str
    path: Path = ()

    @property
    def is_gone(self) -> bool:
        """Whether GitHub answered that it has no such node."""
        return self.kind == "NOT_FOUND" and not self.path

    @property
    def is_refused_part(self) -> bool:
        """Whether it is about a part, and asking again does not help."""
        is_refusal = self.kind in REFUSALS or self.message.startswith(NOT_ACCESSIBLE)
        return is_refusal and bool(self.path)

    @property
    def field(self) -> str:
        """The part's name, without ``nodes`` and places: ``reviews.commit``."""
        return ".".join(key for key in self.path if isinstance(key, str) and key != "nodes")


def node_error(error: dict[str, Any], node: Path) -> NodeError:
    """An error beside the data, as one about the node at a path of this length."""
    message = redact(str(error.get("message") or "GitHub gave no reason"))
    where = tuple(error.get("path") or ())
    return NodeError(str(error.get("type") or ""), message, where[len(node) :])


def errors_below(answer: Answer, subject: str, *path: str) -> list[NodeError]:
    """The errors beside the data about what is under ``path``, each with the rest of its path.

    :raises SyncError: an error concerns anything else
    """
    below = []
    for error in answer.errors:
        where = tuple(error.get("path") or ())
        if where[: len(path)] != path:
            raise error_of_graphql([error], answer.headers, subject)
        below.append(node_error(error, path))
    return below


def errors_by_node(answer: Answer, subject: str, *path: str) -> dict[int, list[NodeError]]:
    """The same for a list: by the index of the node under ``path`` that each error concerns.

    :raises SyncError: an error concerns anything else
    """
    by_node: dict[int, list[NodeError]] = {}
    for error in errors_below(answer, subject, *path):
        index, *rest = error.path or ("",)
        if not isinstance(index, int):
            raise error_of_graphql(
                [{"type": error.kind, "message": error.message}], answer.headers, subject
            )
        by_node.setdefault(index, []).append(replace(error, path=tuple(rest)))
    return by_node


def refused_parts(errors: Iterable[NodeError]) -> dict[str, str]:
    """GitHub's reason for each part that it did not serve, by its name."""
    return {error.field: error.message for error in errors if error.path}


def failure_among(errors: Iterable[NodeError], *, is_retry: bool = False) -> NodeError | None:
    """The first error for which a node cannot be stored: it is about all of it, or may pass.

    :param is_retry: the same was asked before: an error about a part has not passed
    """
    return next(
        (one for one in errors if not (one.is_refused_part or (is_retry and one.path))), None
    )
