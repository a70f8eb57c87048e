"""From GitHub's nodes to rows: ghosts, odd text, huge numbers, and answers that lack something."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from typing import Any

import pytest

from github_sync.entities.pull_request import (
    FailedPullRequest,
    UnreadablePullRequest,
    pull_request_rows,
)
from github_sync.entities.values import parse_time

ALICE = {"__typename": "User", "login": "alice", "databaseId": 11}
BOT = {"__typename": "Bot", "login": "dependabot", "databaseId": 49699333}
REVIEW = {
    "id": "PRR_1",
    "fullDatabaseId": "9007199254740993",
    "state": "CHANGES_REQUESTED",
    "submittedAt": "2026-03-02T12:00:00Z",
    "body": "Why?",
    "url": "https://github.com/acme/api/pull/7#pullrequestreview-1",
    "commit": {"oid": "abc1234"},
    "author": BOT,
}
LABEL = {"id": "LA_1", "name": "bug", "color": "d73a4a", "description": None}
NODE: dict[str, Any] = {
    "id": "PR_7",
    "fullDatabaseId": "9007199254740995",
    "number": 7,
    "title": "feat: cursors",
    "body": "",
    "state": "MERGED",
    "isDraft": False,
    "author": ALICE,
    "createdAt": "2026-03-01T12:00:00Z",
    "updatedAt": "2026-03-02T12:00:00Z",
    "closedAt": "2026-03-02T12:00:00Z",
    "mergedAt": "2026-03-02T12:00:00Z",
    "mergedBy": BOT,
    "baseRefName": "main",
    "headRefName": "topic",
    "headRefOid": "def5678",
    "additions": 1,
    "deletions": 2,
    "changedFiles": 3,
    "commits": {"totalCount": 4},
    "url": "https://github.com/acme/api/pull/7",
    "reviews": {"nodes": [REVIEW]},
    "labels": {"nodes": [LABEL]},
}


@pytest.fixture
def node() -> dict[str, Any]:
    return copy.deepcopy(NODE)


def test_a_pull_request_its_reviews_and_its_people(node: dict[str, Any]) -> None:
    rows = pull_request_rows(node)

    assert rows.pull_request == {
        "github_pr_id": 9007199254740995,
        "github_node_id": "PR_7",
        "number": 7,
        "title": "feat: cursors",
        "body": "",
        "state": "merged",
        "is_draft": False,
        "author_id": 11,
        "created_at": "2026-03-01T12:00:00Z",
        "updated_at": "2026-03-02T12:00:00Z",
        "closed_at": "2026-03-02T12:00:00Z",
        "merged_at": "2026-03-02T12:00:00Z",
        "merged_by_id": 49699333,
        "base_ref": "main",
        "head_ref": "topic",
        "head_sha": "def5678",
        "additions": 1,
        "deletions": 2,
        "changed_files": 3,
        "commits_count": 4,
        "html_url": "https://github.com/acme/api/pull/7",
    }
    assert rows.children["pull_request_reviews"] == [
        {
            "github_review_id": 9007199254740993,
            "github_node_id": "PRR_1",
            "github_pr_id": 9007199254740995,
            "reviewer_id": 49699333,
            "state": "changes_requested",
            "submitted_at": "2026-03-02T12:00:00Z",
            "body": "Why?",
            "commit_sha": "abc1234",
            "html_url": "https://github.com/acme/api/pull/7#pullrequestreview-1",
        }
    ]
    assert rows.children["pull_request_labels"] == [
        {
            "github_pr_id": 9007199254740995,
            "github_label_id": "LA_1",
            "name": "bug",
            "color": "d73a4a",
            "description": None,
        }
    ]
    assert rows.people == {
        11: {"github_user_id": 11, "login": "alice", "type": "User"},
        49699333: {"github_user_id": 49699333, "login": "dependabot", "type": "Bot"},
    }


@pytest.mark.parametrize(
    "actor", [None, {"__typename": "EnterpriseUserAccount", "login": "alice_acme"}]
)
def test_somebody_without_a_number_is_no_one(
    actor: dict[str, Any] | None, node: dict[str, Any]
) -> None:
    """A deleted account is null; a kind that the query does not know has no databaseId."""
    node["author"] = node["mergedBy"] = node["reviews"]["nodes"][0]["author"] = actor
    rows = pull_request_rows(node)
    assert (rows.pull_request["author_id"], rows.pull_request["merged_by_id"]) == (None, None)
    assert rows.children["pull_request_reviews"][0]["reviewer_id"] is None
    assert rows.people == {}


def test_a_pending_review_of_a_vanished_commit(node: dict[str, Any]) -> None:
    node["reviews"]["nodes"][0] |= {"state": "PENDING", "submittedAt": None, "commit": None}
    [review] = pull_request_rows(node).children["pull_request_reviews"]
    assert (review["state"], review["submitted_at"], review["commit_sha"]) == (
        "pending",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a\x00b", "a\ufffdb"),
        ("\ud800 alone", "\ufffd alone"),
        ("alone \udfff", "alone \ufffd"),
        ("👩‍👩‍👧‍👦 \U0001f680", "👩‍👩‍👧‍👦 \U0001f680"),
        ("%(x)s {y} \\u0000 '; drop table users; --", "%(x)s {y} \\u0000 '; drop table users; --"),
    ],
)
def test_text_that_postgres_cannot_hold(sent: str, stored: str, node: dict[str, Any]) -> None:
    node |= {"title": sent, "body": sent, "headRefName": sent, "baseRefName": sent}
    node["reviews"]["nodes"][0]["body"] = sent
    node["labels"]["nodes"][0] |= {"name": sent, "description": sent}
    rows = pull_request_rows(node)
    texts = [rows.pull_request[name] for name in ("title", "body", "head_ref", "base_ref")]
    [review], [label] = rows.children.values()
    texts += [review["body"], label["name"], label["description"]]
    assert texts == [stored] * 7


@pytest.mark.parametrize("name", NODE)
def test_a_pull_request_without_what_all_have(name: str, node: dict[str, Any]) -> None:
    del node[name]
    with pytest.raises(UnreadablePullRequest, match=name):
        pull_request_rows(node)


@pytest.mark.parametrize("name", REVIEW)
def test_a_review_without_what_all_have(name: str, node: dict[str, Any]) -> None:
    del node["reviews"]["nodes"][0][name]
    with pytest.raises(UnreadablePullRequest, match=name):
        pull_request_rows(node)


@pytest.mark.parametrize("name", LABEL)
def test_a_label_without_what_all_have(name: str, node: dict[str, Any]) -> None:
    del node["labels"]["nodes"][0][name]
    with pytest.raises(UnreadablePullRequest, match=name):
        pull_request_rows(node)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": None},
        {"labels": {"nodes": [None]}},
        {"reviews": None},
        {"reviews": {"nodes": None}},
        {"reviews": {"nodes": [None]}},
        {"title": None},
        {"state": None},
        {"commits": None},
        {"fullDatabaseId": "not a number"},
        {"fullDatabaseId": None},
        {"author": "alice"},
    ],
)
def test_a_pull_request_with_nonsense(change: dict[str, Any], node: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePullRequest, match="GitHub's answer lacks something"):
        pull_request_rows(node | change)


def test_a_failure(node: dict[str, Any]) -> None:
    failure = pull_request_rows(node).failed("why")
    assert failure == FailedPullRequest(7, 9007199254740995, "PR_7", "why")


def test_times_are_utc_and_aware() -> None:
    expected = datetime(2026, 1, 31, 4, 0, 5, tzinfo=timezone.utc)
    assert parse_time("2026-01-31T04:00:05Z") == expected
    assert parse_time("2026-01-31T05:00:05+01:00") == expected
