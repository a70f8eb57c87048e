"""The job that this package replaces, in short: PyGithub, REST, one request at a time.

Four requests for each pull request, lists of 30, one more for each changed plain issue. It keeps
everything in memory, then runs one statement for each row. PyGithub's pause of a quarter of a
second between requests is left out, in its favor.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
from github import Auth, Github
from github.PullRequest import PullRequest
from github.PullRequestReview import PullRequestReview
from github.Repository import Repository

from benchmarks.approaches import Job, read_sql
from benchmarks.approaches.plain import prepare

__all__ = ["prepare", "sync"]


def sync(job: Job) -> None:
    """Fetch everything that changed, then store it."""
    github = Github(
        base_url=job.github_url, auth=Auth.Token(job.token), seconds_between_requests=None
    )
    repository = github.get_repo(job.full_name)
    numbers = list(_changed_numbers(repository, job.last_sync_at))
    pull_requests = [_pull_request(repository.get_pull(number)) for number in numbers]
    reviews = [row for number in numbers for row in _reviews(github, job.full_name, number)]
    with psycopg.connect(job.conninfo) as connection:
        for pull_request in pull_requests:
            connection.execute(read_sql("upsert_plain_pull_request"), pull_request)
        for review in reviews:
            connection.execute(read_sql("upsert_plain_review"), review)


def _changed_numbers(repository: Repository, since: datetime | None) -> Iterator[int]:
    """``issue.pull_request`` makes PyGithub fetch a plain issue again."""
    if since is None:
        yield from (one.number for one in repository.get_pulls(state="all"))
    else:
        changed = repository.get_issues(state="all", since=since)
        yield from (issue.number for issue in changed if issue.pull_request)


def _reviews(github: Github, full_name: str, number: int) -> list[dict[str, Any]]:
    """Fetches the repository and the pull request again, as the job does."""
    pull_request = github.get_repo(full_name).get_pull(number)
    return [_review(pull_request, review) for review in pull_request.get_reviews()]


def _pull_request(one: PullRequest) -> dict[str, Any]:
    return {
        "github_pr_id": one.id,
        "number": one.number,
        "title": one.title,
        "body": one.body,
        "state": "merged" if one.merged_at else one.state,
        "is_draft": one.draft,
        "author": one.user.login,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "closed_at": one.closed_at,
        "merged_at": one.merged_at,
        "additions": one.additions,
        "deletions": one.deletions,
        "changed_files": one.changed_files,
    }


def _review(pull_request: PullRequest, review: PullRequestReview) -> dict[str, Any]:
    return {
        "github_review_id": review.id,
        "github_pr_id": pull_request.id,
        "reviewer": review.user.login,
        "state": review.state.lower(),
        "submitted_at": review.submitted_at,
        "body": review.body,
    }
