"""The truth of pull_requests."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from github_server import Actor, PullRequest
from tests.truth.values import living, person, text

STORED = """
select p.number, p.github_pr_id, p.github_node_id, p.title, p.body, p.state, p.is_draft,
    p.author_id, author.login as author, author.type as author_type, p.created_at, p.updated_at,
    p.closed_at, p.merged_at, p.merged_by_id, p.base_ref, p.head_ref, p.head_sha, p.additions,
    p.deletions, p.changed_files, p.commits_count, p.html_url, p.first_review_at,
    p.cycle_time_hours, p.review_time_hours, p.is_revert, p.is_hotfix
from github.pull_requests as p
join github.tracked_repositories as r using (repository_id)
left join github.users as author on author.github_user_id = p.author_id
where lower(r.full_name) = lower(%(name)s) and p.deleted_at is null
"""


def row(one: PullRequest) -> dict[str, Any]:
    first_review_at = _first_review_at(one)
    merged_by = living(one.merged_by)
    return {
        "number": one.number,
        "github_pr_id": one.database_id,
        "github_node_id": one.id,
        "title": text(one.title),
        "body": text(one.body),
        "state": one.state.lower(),
        "is_draft": one.is_draft,
        **person("author", one.author),
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "closed_at": one.closed_at,
        "merged_at": one.merged_at,
        "merged_by_id": merged_by.database_id if merged_by else None,
        "base_ref": one.base_ref_name,
        "head_ref": one.head_ref_name,
        "head_sha": one.head_ref_oid,
        "additions": one.additions,
        "deletions": one.deletions,
        "changed_files": one.changed_files,
        "commits_count": one.commits,
        "html_url": one.url,
        "first_review_at": first_review_at,
        "cycle_time_hours": _hours(one.created_at, one.merged_at),
        "review_time_hours": _hours(one.created_at, first_review_at),
        "is_revert": "revert" in one.title.lower(),
        "is_hotfix": "hotfix" in one.title.lower(),
    }


def _first_review_at(one: PullRequest) -> datetime | None:
    author = living(one.author)
    times = [
        review.submitted_at
        for review in one.reviews
        if review.visible and review.submitted_at and _counts(living(review.author), author)
    ]
    return min(times, default=None)


def _counts(reviewer: Actor | None, author: Actor | None) -> bool:
    return reviewer is None or (reviewer is not author and reviewer.kind != "Bot")


def _hours(start: datetime, end: datetime | None) -> Decimal | None:
    if end is None:
        return None
    hours = Decimal(int((end - start).total_seconds())) / 3600
    return hours.quantize(Decimal("0.01"), ROUND_HALF_UP)
