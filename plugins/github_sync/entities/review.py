"""Reviews of a pull request: rows of ``pull_request_reviews``."""

from __future__ import annotations

from github_sync.entities.child import KeptChild
from github_sync.entities.people import People, user_id
from github_sync.entities.values import Node, Row, storable


def _row(node: Node, github_pr_id: int, people: People) -> Row:
    return {
        "github_review_id": int(node["fullDatabaseId"]),
        "github_node_id": node["id"],
        "github_pr_id": github_pr_id,
        "reviewer_id": user_id(node["author"], people),
        "state": node["state"].lower(),
        "submitted_at": node["submittedAt"],
        "body": storable(node["body"]),
        "commit_sha": node["commit"]["oid"] if node["commit"] else None,
        "html_url": storable(node["url"]),
    }


REVIEWS = KeptChild(
    name="reviews",
    table="pull_request_reviews",
    key="github_review_id",
    graphql_type="PullRequestReview",
    connection="reviews",
    fragment="PullRequestReviews",
    row=_row,
    nullable={"author": "reviewer_id", "submittedAt": "submitted_at", "commit": "commit_sha"},
    permissions={"commit": "Contents: read-only"},
    refreshes_pull_requests=True,
)
