"""Labels of a pull request: rows of ``pull_request_labels``."""

from __future__ import annotations

from github_sync.entities.child import ReplacedChild
from github_sync.entities.people import People
from github_sync.entities.values import Node, Row, storable


def _row(node: Node, github_pr_id: int, _: People) -> Row:
    description = node["description"]
    return {
        "github_pr_id": github_pr_id,
        "github_label_id": node["id"],
        "name": storable(node["name"]),
        "color": storable(node["color"]),
        "description": None if description is None else storable(description),
    }


LABELS = ReplacedChild(
    name="labels",
    table="pull_request_labels",
    key="github_label_id",
    graphql_type="Label",
    connection="labels",
    fragment="PullRequestLabels",
    row=_row,
    nullable={"description": "description"},
)
