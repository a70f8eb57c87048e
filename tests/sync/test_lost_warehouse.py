"""The warehouse restored from a backup, or lost: docs/operating.md says what then."""

from __future__ import annotations

from dataclasses import replace

from github_server import World
from tests.fixtures.postgres import Database, upgrade_schema
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history


def test_restored_from_a_backup_it_catches_up(
    world: World, syncing: Syncing, postgres: Database
) -> None:
    api = with_history(world, pull_requests=120)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    backup = replace(syncing.database, name=f"{syncing.database.name}_backup")
    postgres.rows(f"create database {backup.name} template {syncing.database.name}")
    world.clock.advance(DAY)
    api.pull_request("feat: since the backup")
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    api.pull_request("feat: since the loss")

    try:
        syncing.database = backup
        result = syncing.sync(repository_id)

        assert (result["mode"], result["prs_synced"]) == ("incremental", 2)
        syncing.assert_equal(api)
    finally:
        postgres.rows(f"drop database {backup.name} with (force)")


def test_lost_altogether_it_is_made_again(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=120)
    syncing.sync(syncing.track(api))
    syncing.database.rows("drop schema github cascade")

    upgrade_schema(syncing.database.connect)
    result = syncing.sync(syncing.track(api))

    assert (result["mode"], result["prs_synced"]) == ("full", 120)
    syncing.assert_equal(api)
