"""The truth of pull_request_labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from github_server import PullRequest
from tests.truth.values import text

STORED = """
select p.number, l.github_label_id, l.name, l.color, l.description
from github.pull_request_labels as l
join github.pull_requests as p using (github_pr_id)
join github.tracked_repositories as r using (repository_id)
where lower(r.full_name) = lower(%(name)s) and p.deleted_at is null
"""


def key(row: dict[str, Any]) -> object:
    """What identifies a row."""
    return row["number"], row["github_label_id"]


def rows(pull_request: PullRequest) -> Iterator[dict[str, Any]]:
    """What the table must hold of a pull request."""
    for label in pull_request.labels:
        yield {
            "number": pull_request.number,
            "github_label_id": label.id,
            "name": text(label.name),
            "color": label.color,
            "description": label.description,
        }
