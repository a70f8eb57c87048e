"""What the REST API shows of each thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from github_server.actors import Actor, living
from github_server.clock import iso_format, iso_format_or_none
from github_server.labels import Label
from github_server.pull_requests import Home, PullRequest, Review
from github_server.repositories import Issue, Repository
from github_server.tokens import Quota

Payload = dict[str, Any]


@dataclass(frozen=True)
class Urls:
    """Addresses on this server, which clients follow."""

    base: str

    def repository(self, repository: Home) -> str:
        """A repository."""
        return f"{self.base}/repos/{repository.full_name}"

    def issue(self, issue: Issue | PullRequest) -> str:
        """An issue, or a pull request seen as one."""
        return f"{self.repository(issue.repository)}/issues/{issue.number}"

    def pull_request(self, pull_request: PullRequest) -> str:
        """A pull request."""
        return f"{self.repository(pull_request.repository)}/pulls/{pull_request.number}"


def rest_state(state: str) -> str:
    """REST knows open and closed; merged is closed with a time."""
    return "open" if state == "OPEN" else "closed"


def quota(quota: Quota) -> Payload:
    """One resource of /rate_limit."""
    return {
        "limit": quota.limit,
        "used": quota.used,
        "remaining": quota.remaining,
        "reset": quota.reset,
        "resource": quota.resource,
    }


def actor(actor: Actor, urls: Urls) -> Payload:
    """A simple user."""
    return {
        "login": actor.rest_login,
        "id": actor.database_id,
        "node_id": actor.id,
        "type": actor.kind,
        "name": actor.name,
        "site_admin": False,
        "url": f"{urls.base}/users/{actor.rest_login}",
        "html_url": actor.url,
    }


def actor_or_none(author: Actor | None, urls: Urls) -> Payload | None:
    """Null for ghosts."""
    alive = living(author)
    return actor(alive, urls) if alive else None


def repository(repository: Repository, urls: Urls) -> Payload:
    """A repository."""
    return {
        "id": repository.database_id,
        "node_id": repository.id,
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": actor(repository.owner, urls),
        "private": repository.is_private,
        "visibility": repository.visibility.lower(),
        "description": repository.description,
        "fork": repository.is_fork,
        "archived": repository.is_archived,
        "disabled": repository.is_disabled,
        "has_issues": repository.has_issues_enabled,
        "has_pull_requests": repository.pull_requests_enabled,
        "created_at": iso_format(repository.created_at),
        "updated_at": iso_format(repository.updated_at),
        "url": urls.repository(repository),
        "html_url": repository.url,
    }


def issue(issue: Issue | PullRequest, urls: Urls) -> Payload:
    """An issue; a pull request is one with a "pull_request" key."""
    payload = {
        "id": issue.issue_id,
        **_common(issue, urls),
        "url": urls.issue(issue),
        "repository_url": urls.repository(issue.repository),
    }
    if isinstance(issue, PullRequest):
        payload["pull_request"] = {
            "url": urls.pull_request(issue),
            "html_url": issue.url,
            "merged_at": iso_format_or_none(issue.merged_at),
        }
    return payload


def _common(issue: Issue | PullRequest, urls: Urls) -> Payload:
    return {
        "number": issue.number,
        "title": issue.title,
        "body": issue.body or None,
        "state": rest_state(issue.state),
        "user": actor_or_none(issue.author, urls),
        "created_at": iso_format(issue.created_at),
        "updated_at": iso_format(issue.updated_at),
        "closed_at": iso_format_or_none(issue.closed_at),
        "html_url": issue.url,
        "labels": [_label(label) for label in issue.labels],
        "assignees": [],
        "locked": False,
    }


def _label(label: Label) -> Payload:
    return {
        "id": label.database_id,
        "node_id": label.id,
        "name": label.name,
        "color": label.color,
        "description": label.description,
        "default": label.is_default,
    }


def pull_request_in_list(pull_request: PullRequest, urls: Urls) -> Payload:
    """A pull request as lists show it: without its sizes and who merged it."""
    return {
        "id": pull_request.database_id,
        "node_id": pull_request.id,
        **_common(pull_request, urls),
        "url": urls.pull_request(pull_request),
        "issue_url": urls.issue(pull_request),
        "draft": pull_request.is_draft,
        "merged_at": iso_format_or_none(pull_request.merged_at),
        "head": {"ref": pull_request.head_ref_name, "sha": pull_request.head_ref_oid},
        "base": {"ref": pull_request.base_ref_name},
    }


def pull_request(pull_request: PullRequest, urls: Urls) -> Payload:
    """A pull request, asked for by number."""
    return {
        **pull_request_in_list(pull_request, urls),
        "merged": pull_request.merged,
        "merged_by": actor_or_none(pull_request.merged_by, urls),
        "additions": pull_request.additions,
        "deletions": pull_request.deletions,
        "changed_files": pull_request.changed_files,
        "commits": pull_request.commits,
    }


def review(review: Review, urls: Urls) -> Payload:
    """A review; a pending one has no submission time at all."""
    payload = {
        "id": review.database_id,
        "node_id": review.id,
        "user": actor_or_none(review.author, urls),
        "body": review.body,
        "state": review.state,
        "html_url": review.url,
        "pull_request_url": urls.pull_request(review.pull_request),
        "commit_id": review.commit_oid,
    }
    if review.submitted_at:
        payload["submitted_at"] = iso_format(review.submitted_at)
    return payload
