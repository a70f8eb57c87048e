"""What tools like tap-github do: lists of 100, the last updated first, then each one's reviews.

One request for each pull request; a page is a transaction. Lists have no sizes: ``additions``,
``deletions`` and ``changed_files`` stay NULL, because they would need a second request each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
import requests

from benchmarks.approaches import Job, read_sql
from benchmarks.approaches.plain import prepare

__all__ = ["prepare", "sync"]

TIMEOUT_SECONDS = 60
NEWEST_FIRST = {"state": "all", "sort": "updated", "direction": "desc"}

Payload = dict[str, Any]


def sync(job: Job) -> None:
    """Read from the newest pull request back to the newest stored one."""
    address = f"{job.github_url}/repos/{job.full_name}/pulls"
    with requests.Session() as session, psycopg.connect(job.conninfo) as connection:
        session.headers["Authorization"] = f"Bearer {job.token}"
        newest = connection.execute(read_sql("find_newest_plain_pull_request")).fetchone()
        since = newest[0] if newest else None
        for page in _pages(session, address, **NEWEST_FIRST):
            changed = [one for one in page if since is None or _updated_at(one) >= since]
            _store(connection, changed, list(_reviews(session, address, changed)))
            if len(changed) < len(page):
                return


def _pages(session: requests.Session, address: str, **parameters: str) -> Iterator[list[Payload]]:
    url: str | None = address
    query: dict[str, str] | None = {**parameters, "per_page": "100"}
    while url:
        answer = session.get(url, params=query, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        yield answer.json()
        url, query = answer.links.get("next", {}).get("url"), None


def _reviews(
    session: requests.Session, address: str, pull_requests: list[Payload]
) -> Iterator[Payload]:
    for one in pull_requests:
        for page in _pages(session, f"{address}/{one['number']}/reviews"):
            yield from (_review(one, review) for review in page)


def _store(
    connection: psycopg.Connection[Any], pull_requests: list[Payload], reviews: list[Payload]
) -> None:
    rows = [_pull_request(one) for one in pull_requests]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(read_sql("upsert_plain_pull_request"), rows)
        cursor.executemany(read_sql("upsert_plain_review"), reviews)


def _updated_at(one: Payload) -> datetime:
    return datetime.fromisoformat(one["updated_at"].replace("Z", "+00:00"))


def _pull_request(one: Payload) -> Payload:
    same = ("number", "title", "body", "created_at", "updated_at", "closed_at", "merged_at")
    return {
        **{name: one[name] for name in same},
        "github_pr_id": one["id"],
        "state": "merged" if one["merged_at"] else one["state"],
        "is_draft": one["draft"],
        "author": one["user"]["login"],
        "additions": None,
        "deletions": None,
        "changed_files": None,
    }


def _review(pull_request: Payload, review: Payload) -> Payload:
    return {
        "github_review_id": review["id"],
        "github_pr_id": pull_request["id"],
        "reviewer": review["user"]["login"],
        "state": review["state"].lower(),
        "submitted_at": review.get("submitted_at"),
        "body": review["body"],
    }
