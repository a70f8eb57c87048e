"""Everything GitHub may really send: ghosts, bots, huge ids, and text that databases dislike."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import Repository, World
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history

BEYOND_32_BITS = 2**32 + 7
BEYOND_53_BITS = 2**53 + 1
ODD_TEXTS = {
    "emoji": "🚀 feat: 👩‍👩‍👧‍👦 naïve",
    "NUL": "before\0after",
    "lone high surrogate": "half \ud83d of it",
    "lone low surrogate": "\udc00 other half",
    "an escape, spelled out": r"not a NUL: \u0000, nor this: \\u0000",
    "backslashes and quotes": "\\ \" ' \\' \\\\ ''",
    "a placeholder": "100% of %s and %(body)s {braces} $1",
    "control characters": "\x01\x1f\x7f\x85\u2028",
    "right to left": "שלום \u202e dlrow",
    "a line of everything": "\r\n\t|",
    "nothing": "",
    "SQL": "'); drop table github.pull_requests; --",
}


@pytest.fixture
def api(world: World) -> Repository:
    return world.repository("acme/api")


def users(syncing: Syncing) -> dict[str, dict[str, Any]]:
    rows = syncing.database.rows("select * from github.users")
    return {row["login"]: row for row in rows}


def test_ghosts_everywhere(world: World, syncing: Syncing, api: Repository) -> None:
    ghost = world.user("soon-gone")
    pull_request = api.pull_request("by a ghost", author=ghost, merged_by=ghost, merged_at=START)
    pull_request.review(ghost, "APPROVED")
    pull_request.review(None, "COMMENTED")
    world.delete_user(ghost)

    result = syncing.sync(syncing.track(api))

    syncing.assert_equal(api)
    assert (result["prs_synced"], result["reviews_synced"], result["errors"]) == (1, 2, [])
    assert users(syncing) == {}
    row = syncing.database.one("select author_id, merged_by_id from github.pull_requests")
    assert row == {"author_id": None, "merged_by_id": None}


def test_a_user_deleted_later_becomes_a_ghost_with_the_next_change(
    world: World, syncing: Syncing, api: Repository
) -> None:
    bob = world.user("bob")
    pull_request = api.pull_request(author=bob)
    pull_request.review(bob, "COMMENTED")
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.delete_user(bob)
    world.clock.advance(DAY)
    pull_request.update()

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert list(users(syncing)) == ["bob"]


def test_kinds_of_accounts(world: World, syncing: Syncing, api: Repository) -> None:
    pull_request = api.pull_request(
        author=world.bot("renovate"), merged_by=world.user("alice"), merged_at=START
    )
    pull_request.review(world.mannequin("imported"))
    pull_request.review(world.organization("acme"))

    syncing.sync(syncing.track(api))

    syncing.assert_equal(api)
    kinds = {login: row["type"] for login, row in users(syncing).items()}
    assert kinds == {
        "renovate": "Bot",
        "alice": "User",
        "imported": "Mannequin",
        "acme": "Organization",
    }


def test_a_login_changes_and_the_person_stays(
    world: World, syncing: Syncing, api: Repository
) -> None:
    alice = world.user("alice")
    pull_request = api.pull_request(author=alice)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    alice.login = "alice-married"
    world.clock.advance(DAY)
    pull_request.update()

    syncing.sync(repository_id)

    assert list(users(syncing)) == ["alice-married"]
    syncing.assert_equal(api)


@pytest.mark.parametrize("database_id", [BEYOND_32_BITS, BEYOND_53_BITS])
def test_ids_beyond_32_bits(
    world: World, syncing: Syncing, api: Repository, database_id: int
) -> None:
    pull_request = api.pull_request(database_id=database_id)
    pull_request.review(world.user("bob"), database_id=database_id + 1)

    syncing.sync(syncing.track(api))

    syncing.assert_equal(api)
    row = syncing.database.one("select github_pr_id from github.pull_requests")
    assert row["github_pr_id"] == database_id


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_odd_text(world: World, syncing: Syncing, api: Repository, text: str) -> None:
    pull_request = api.pull_request(
        text or "a title", body=text, base_ref_name=text, head_ref_name=text
    )
    pull_request.review(world.user("bob"), "COMMENTED", body=text)

    result = syncing.sync(syncing.track(api))

    assert result["errors"] == []
    row = syncing.database.one("select body, base_ref, head_ref from github.pull_requests")
    review = syncing.database.one("select body from github.pull_request_reviews")
    expected = text.translate({0: "\ufffd", 0xD83D: "\ufffd", 0xDC00: "\ufffd"})
    assert row == {"body": expected, "base_ref": expected, "head_ref": expected}
    assert review == {"body": expected}


def test_very_long_text(world: World, syncing: Syncing, api: Repository) -> None:
    megabyte = "lorem ipsum 🚀 " * 70_000
    pull_request = api.pull_request("x" * 5000, body=megabyte)
    pull_request.review(world.user("bob"), "COMMENTED", body=megabyte)

    syncing.sync(syncing.track(api))

    syncing.assert_equal(api)


def test_an_empty_repository(world: World, syncing: Syncing, api: Repository) -> None:
    api.issue("Is this thing on?")
    repository_id = syncing.track(api)

    results = [syncing.sync(repository_id) for _ in range(3)]

    syncing.assert_equal(api)
    assert {result["mode"] for result in results} == {"full"}, "of nothing all is new"
    requests = [result["requests"] for result in results]
    assert requests == [2, 1, 1], "once it is asked whether there are none, or none are shown"
    assert syncing.tracked(repository_id)["sync_status"] == "complete"


@pytest.mark.parametrize(
    "state",
    [
        {"is_archived": True},
        {"is_disabled": True},
        {"is_locked": True},
        {"is_fork": True},
        {"is_empty": True},
        {"has_issues_enabled": False},
        {"visibility": "PUBLIC"},
    ],
    ids=lambda state: next(iter(state)),
)
def test_repositories_in_every_state_keep_their_history(
    world: World, syncing: Syncing, state: dict[str, Any]
) -> None:
    api = with_history(world, pull_requests=2, reviews=1)
    for name, value in state.items():
        setattr(api, name, value)
    repository_id = syncing.track(api)

    syncing.sync(repository_id)
    world.clock.advance(DAY)
    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert syncing.database.one("select count(*) from github.pull_requests") == {"count": 2}


def test_extreme_numbers_and_times(world: World, syncing: Syncing, api: Repository) -> None:
    api.pull_request(
        number=2**31 - 1,
        additions=2**31 - 1,
        deletions=0,
        changed_files=0,
        commits=10_000,
        created_at=START.replace(year=2008),
        merged_at=START,
    )
    api.pull_request(number=1, is_draft=True, closed_at=START, head_ref_oid="f" * 64)

    syncing.sync(syncing.track(api))

    syncing.assert_equal(api)


def test_an_account_without_a_number_is_no_one(
    world: World, syncing: Syncing, api: Repository
) -> None:
    """GitHub's schema lets databaseId be null."""
    unnumbered = world.user("unnumbered")
    unnumbered.database_id = None  # type: ignore[assignment]
    api.pull_request(author=unnumbered)

    result = syncing.sync(syncing.track(api))

    assert (result["prs_synced"], result["errors"]) == (1, [])
    row = syncing.database.one("select author_id from github.pull_requests")
    assert row == {"author_id": None}
