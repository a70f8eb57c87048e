"""The REST API, through PyGithub: what a job does that syncs pull requests the old way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import requests
from github import Github
from github.GithubException import UnknownObjectException

from github_server import GitHubServer, Repository, World


@pytest.fixture
def busy(world: World, api: Repository, noon: datetime) -> Repository:
    """Five pull requests and an issue, an hour apart; the second is merged and reviewed."""
    alice = world.user("alice")
    for hour in range(5):
        api.pull_request(f"pr {hour}", author=alice, updated_at=noon - timedelta(hours=9 - hour))
    api.issue("a bug", author=alice, updated_at=noon - timedelta(hours=1))
    second = api.pull_requests[2]
    second.submit_review(world.bot("dependabot"), "APPROVED", body="ok")
    second.review(None, "PENDING", commit_oid=None)
    second.merge(by=alice)
    return api


def test_the_old_way_to_sync(busy: Repository, github: Github, noon: datetime) -> None:
    repository = github.get_repo("acme/api")
    issues = repository.get_issues(
        state="all", sort="updated", direction="asc", since=noon - timedelta(hours=6)
    )
    changed = [(issue.number, issue.pull_request is not None) for issue in issues]
    assert changed == [(4, True), (5, True), (6, False), (2, True)]

    merged = repository.get_pull(2)
    assert (merged.state, merged.merged, merged.merged_at) == ("closed", True, noon)
    assert merged.id == 5000000002
    assert (merged.user.login, merged.merged_by.login) == ("alice", "alice")
    assert (merged.additions, merged.commits, merged.base.ref) == (1, 1, "main")

    approved, pending = merged.get_reviews()
    assert (approved.user.login, approved.state, approved.body) == (
        "dependabot[bot]",
        "APPROVED",
        "ok",
    )
    assert approved.submitted_at == noon
    assert (pending.raw_data["user"], pending.raw_data["commit_id"]) == (None, None)
    assert "submitted_at" not in pending.raw_data


def test_pull_request_pages(busy: Repository, client: Callable[..., Github]) -> None:
    github = client()
    github.per_page = 2
    pulls = github.get_repo("acme/api").get_pulls(state="all", sort="updated", direction="desc")
    assert [pull.number for pull in pulls] == [2, 5, 4, 3, 1]
    open_ones = github.get_repo("acme/api").get_pulls(sort="created", direction="asc")
    assert [pull.number for pull in open_ones] == [1, 3, 4, 5]


def test_link_headers_and_limits(world: World, api: Repository, server: GitHubServer) -> None:
    for _ in range(120):
        api.pull_request()

    def get(**parameters: object) -> requests.Response:
        return requests.get(
            f"{server.url}/repos/acme/api/pulls",
            params={"state": "all", **{name: str(value) for name, value in parameters.items()}},
            headers={"Authorization": "token sample-token"},
            timeout=10,
        )

    page = get(per_page=500, page=1)
    assert len(page.json()) == 100
    assert set(page.links) == {"next", "last"}
    last = requests.get(
        page.links["next"]["url"], headers={"Authorization": "token sample-token"}, timeout=10
    )
    assert (len(last.json()), set(last.links)) == (20, {"prev", "first"})
    assert get(page=99).json() == []


def test_renamed_repositories_redirect(
    world: World, busy: Repository, github: Github, server: GitHubServer
) -> None:
    world.rename(busy, "acme/new")
    answer = requests.get(
        f"{server.url}/repos/acme/api",
        headers={"Authorization": "token sample-token"},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.status_code == 301
    assert answer.headers["location"] == f"{server.url}/repositories/{busy.database_id}"
    assert github.get_repo("acme/api").full_name == "acme/new"


def test_what_is_not_there(api: Repository, github: Github) -> None:
    with pytest.raises(UnknownObjectException):
        github.get_repo("acme/missing")
    with pytest.raises(UnknownObjectException):
        github.get_repo("acme/api").get_pull(1)


def test_the_user_and_the_quota(world: World, github: Github) -> None:
    assert github.get_user().login == "sample-viewer"
    assert github.get_user().id == world.viewer.database_id
    assert github.get_rate_limit().resources.graphql.limit == 5000
