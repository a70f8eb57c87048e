"""A repository is its id on GitHub; its name may change, be swapped, or be taken by another."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import Fault, World
from github_sync.errors import RepositoryNotFound, RepositoryTrackedTwice
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, newest, with_history


def names(syncing: Syncing) -> dict[int, str]:
    rows = syncing.database.rows("select repository_id, full_name from github.tracked_repositories")
    return {row["repository_id"]: row["full_name"] for row in rows}


def row_counts(syncing: Syncing) -> dict[str, Any]:
    return syncing.database.one(
        "select (select count(*) from github.tracked_repositories) as repositories, "
        "(select count(*) from github.pull_requests) as pull_requests"
    )


def test_ids_are_learned_at_first_contact(world: World, syncing: Syncing) -> None:
    api = with_history(world)
    repository_id = syncing.track("ACME/Api")

    syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["github_repo_id"], row["github_node_id"]) == (api.database_id, api.id)
    assert row["full_name"] == "acme/api"
    syncing.assert_equal(api)


def test_a_renamed_repository_is_followed(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=3, reviews=1)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.rename(api, "umbrella/backend")
    world.clock.advance(DAY)
    newest(api, 1)[0].update(title="after the rename")

    result = syncing.sync(repository_id)

    assert (result["repository"], result["mode"]) == ("umbrella/backend", "incremental")
    assert result["prs_synced"] == 1
    assert names(syncing) == {repository_id: "umbrella/backend"}
    assert row_counts(syncing) == {"repositories": 1, "pull_requests": 3}


def test_a_rename_changes_the_addresses_with_the_next_full_resync(
    world: World, syncing: Syncing
) -> None:
    api = with_history(world, pull_requests=3, reviews=1)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.rename(api, "umbrella/backend")

    syncing.sync(repository_id, full_resync=True)

    syncing.assert_equal(api)


def test_a_rename_between_two_pages(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=150)
    repository_id = syncing.track(api)
    world.faults.add(
        Fault(before_answer=lambda: world.rename(api, "acme/renamed"), skip=1, times=1)
    )

    syncing.sync(repository_id)

    assert names(syncing) == {repository_id: "acme/renamed"}
    assert row_counts(syncing) == {"repositories": 1, "pull_requests": 150}


def test_a_repository_tracked_by_a_former_name(world: World, syncing: Syncing) -> None:
    api = with_history(world)
    world.rename(api, "umbrella/backend")
    repository_id = syncing.track("acme/api")

    result = syncing.sync(repository_id)

    assert result["repository"] == "umbrella/backend"
    assert names(syncing) == {repository_id: "umbrella/backend"}
    syncing.assert_equal(api)


def test_a_former_name_that_another_repository_took(world: World, syncing: Syncing) -> None:
    """Each row keeps meaning the repository that it met, whatever is called by its old name."""
    old = with_history(world, pull_requests=2)
    old_id = syncing.track(old)
    syncing.sync(old_id)
    world.rename(old, "acme/attic")
    new = with_history(world, "acme/api", pull_requests=5)

    syncing.sync(old_id)
    new_id = syncing.track(new)
    syncing.sync(new_id)

    assert names(syncing) == {old_id: "acme/attic", new_id: "acme/api"}
    syncing.assert_equal(new)
    assert row_counts(syncing) == {"repositories": 2, "pull_requests": 7}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_repositories_swap_their_names(
    world: World, syncing: Syncing, order: tuple[int, int]
) -> None:
    repositories = [
        with_history(world, "acme/blue", pull_requests=2),
        with_history(world, "acme/green", pull_requests=3),
    ]
    ids = [syncing.track(repository) for repository in repositories]
    for repository_id in ids:
        syncing.sync(repository_id)
    blue, green = repositories
    world.rename(blue, "acme/temporary")
    world.rename(green, "acme/blue")
    world.rename(blue, "acme/green")
    world.clock.advance(DAY)

    for index in order:
        syncing.sync(ids[index], full_resync=True)

    assert names(syncing) == {ids[0]: "acme/green", ids[1]: "acme/blue"}
    syncing.assert_equal(blue)
    syncing.assert_equal(green)


def test_two_rows_that_are_one_repository(world: World, syncing: Syncing) -> None:
    """Added by hand under an old name and the new one: the second is refused, the first works."""
    api = with_history(world, pull_requests=2)
    world.rename(api, "umbrella/backend")
    first, second = syncing.track("umbrella/backend"), syncing.track("acme/api")
    syncing.sync(first)

    with pytest.raises(RepositoryTrackedTwice, match=r"acme/api .* umbrella/backend"):
        syncing.sync(second)

    assert row_counts(syncing) == {"repositories": 2, "pull_requests": 2}
    row = syncing.tracked(second)
    assert (row["sync_status"], row["github_repo_id"]) == ("error", None)
    assert "Pause acme/api" in row["last_sync_error"]
    syncing.sync(first)
    syncing.assert_equal(api)


def test_a_name_that_now_belongs_to_another_repository(world: World, syncing: Syncing) -> None:
    """A row that knows GitHub's number but not its node id, as one taken over from elsewhere."""
    api = with_history(world)
    repository_id = syncing.track(api, github_repo_id=api.database_id + 1)

    with pytest.raises(RepositoryNotFound, match="acme/api: this name now belongs to another"):
        syncing.sync(repository_id)

    assert row_counts(syncing)["pull_requests"] == 0
    assert syncing.tracked(repository_id)["github_repo_id"] == api.database_id + 1


def test_a_repository_deleted_and_created_again(world: World, syncing: Syncing) -> None:
    """The name is the same, the repository is not: its tables are not to be mixed."""
    first = with_history(world, pull_requests=2)
    repository_id = syncing.track(first)
    syncing.sync(repository_id)
    world.delete_repository(first)
    with_history(world, pull_requests=4)

    with pytest.raises(RepositoryNotFound, match="acme/api"):
        syncing.sync(repository_id)

    assert row_counts(syncing) == {"repositories": 1, "pull_requests": 2}
    assert syncing.tracked(repository_id)["github_repo_id"] == first.database_id


def test_a_pull_request_belongs_to_its_repository_under_every_name(
    world: World, syncing: Syncing
) -> None:
    """The same numbers in two repositories are different pull requests."""
    api, web = with_history(world, pull_requests=3), with_history(world, "acme/web", 3)
    for repository in (api, web):
        syncing.sync(syncing.track(repository))

    syncing.assert_equal(api)
    syncing.assert_equal(web)
