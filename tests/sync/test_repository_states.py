"""What state GitHub shows a repository in, or why it does not: named, until it passes."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import ALWAYS, SAMPLE_TOKEN, Fault, Repository, World
from github_sync.errors import GitHubUnavailable, SyncError
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=3, reviews=1)


@pytest.mark.parametrize(
    ("flag", "state"),
    [
        ("is_archived", "archived"),
        ("is_empty", "empty"),
        ("is_locked", "locked"),
        ("is_disabled", "disabled"),
    ],
)
def test_a_state_in_which_it_is_read_all_the_same(
    world: World, syncing: Syncing, api: Repository, flag: str, state: str
) -> None:
    repository_id = syncing.track(api)
    setattr(api, flag, True)

    assert syncing.sync(repository_id)["requests"] == 1

    row = syncing.tracked(repository_id)
    assert (row["github_state"], row["sync_status"]) == (state, "complete")
    syncing.assert_equal(api)
    setattr(api, flag, False)
    syncing.sync(repository_id)
    assert syncing.tracked(repository_id)["github_state"] == "active"


def test_without_issues(syncing: Syncing, api: Repository) -> None:
    api.has_issues_enabled = False
    repository_id = syncing.track(api)

    syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["github_state"], row["has_issues_enabled"]) == ("active", False)
    syncing.assert_equal(api)


@pytest.mark.parametrize(
    ("thing", "state", "remedy"),
    [
        (
            ("token", "sees", ["acme/other"]),
            "not_found",
            "The token still has access",
        ),
        (("token", "sso_blocked_orgs", ["acme"]), "sso_required", "Authorize the token"),
        (("token", "ip_blocked_orgs", ["acme"]), "ip_not_allowed", "IP allow list"),
        (("repository", "block_reason", "dmca"), "blocked", "Pause it"),
    ],
)
def test_a_state_in_which_it_cannot_be_read(
    syncing: Syncing, api: Repository, thing: tuple[str, str, Any], state: str, remedy: str
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    whose, name, value = thing
    changed = api if whose == "repository" else syncing.world.tokens[SAMPLE_TOKEN]
    before = getattr(changed, name)
    setattr(changed, name, value)

    with pytest.raises(SyncError):
        syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["github_state"], row["sync_status"]) == (state, "error")
    assert row["last_sync_error"].startswith("acme/api: ")
    assert remedy in row["last_sync_error"]
    assert "(GitHub request " in row["last_sync_error"]
    setattr(changed, name, before)
    syncing.sync(repository_id)
    row = syncing.tracked(repository_id)
    assert (row["github_state"], row["last_sync_error"]) == ("active", None)
    syncing.assert_equal(api)


def test_a_token_that_sees_nothing_of_the_owner_any_more(
    world: World, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    token = world.tokens[SAMPLE_TOKEN]
    token.sees, token.member_of = [], []

    with pytest.raises(SyncError, match="has no access to private repositories of acme"):
        syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert row["github_state"] == "no_access"
    assert "The token of sample-viewer" in row["last_sync_error"]


def test_its_owner_is_gone_too(world: World, syncing: Syncing, api: Repository) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.delete_repository(api)
    world.actors.pop("acme")

    with pytest.raises(SyncError, match="GitHub has no owner acme either"):
        syncing.sync(repository_id)

    assert syncing.tracked(repository_id)["github_state"] == "not_found"


def test_deleted_and_its_name_taken_by_another(
    world: World, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    before = syncing.database.rows("select * from github.pull_requests order by number")
    world.delete_repository(api)
    world.repository("acme/api").pull_request("not ours")

    with pytest.raises(SyncError, match="now belongs to another repository"):
        syncing.sync(repository_id)

    assert syncing.tracked(repository_id)["github_state"] == "name_taken"
    assert before == syncing.database.rows("select * from github.pull_requests order by number")


def test_renamed_and_its_old_name_taken_by_another(
    world: World, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.rename(api, "acme/moved")
    other = with_history(world, "acme/api", pull_requests=2)

    syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["full_name"], row["github_state"]) == ("acme/moved", "active")
    syncing.assert_equal(api)
    other_id = syncing.track(other)
    syncing.sync(other_id)
    syncing.assert_equal(other)
    syncing.assert_equal(api)


def test_if_github_cannot_say_why_it_is_asked_again_later(
    world: World, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.tokens[SAMPLE_TOKEN].sees = []
    world.faults.add(Fault(operation="RepositoryOwner", status=502, times=ALWAYS))

    with pytest.raises(GitHubUnavailable, match="502"):
        syncing.sync(repository_id)  # it may be there, under another id

    assert syncing.tracked(repository_id)["github_state"] == "active"


def test_one_error_is_reported_not_what_led_to_it(syncing: Syncing, api: Repository) -> None:
    """Sentry shows each exception of a chain."""
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    syncing.world.delete_repository(api)

    with pytest.raises(SyncError) as caught:
        syncing.sync(repository_id)

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
