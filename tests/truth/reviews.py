"""The truth of pull_request_reviews."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from github_server import PullRequest, Review
from tests.truth.values import person, text

STORED = """
select w.github_review_id, w.github_node_id, p.number, w.reviewer_id, reviewer.login as reviewer,
    reviewer.type as reviewer_type, w.state, w.submitted_at, w.body, w.commit_sha, w.html_url
from github.pull_request_reviews as w
join github.pull_requests as p using (github_pr_id)
join github.tracked_repositories as r using (repository_id)
left join github.users as reviewer on reviewer.github_user_id = w.reviewer_id
where lower(r.full_name) = lower(%(name)s) and w.deleted_at is null
"""


def key(row: dict[str, Any]) -> object:
    """What identifies a row."""
    return row["github_review_id"]


def rows(pull_request: PullRequest) -> Iterator[dict[str, Any]]:
    """What the table must hold of a pull request."""
    return (_row(review) for review in pull_request.reviews if review.visible)


def _row(review: Review) -> dict[str, Any]:
    return {
        "github_review_id": review.database_id,
        "github_node_id": review.id,
        "number": review.pull_request.number,
        **person("reviewer", review.author),
        "state": review.state.lower(),
        "submitted_at": review.submitted_at,
        "body": text(review.body),
        "commit_sha": review.commit_oid,
        "html_url": review.url,
    }
