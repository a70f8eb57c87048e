"""Confirms deletions: GitHub is asked by id for each stored row that its lists no longer show."""

from __future__ import annotations

from github_sync.api.client import GitHubClient
from github_sync.api.node_lookup import look_up
from github_sync.entities import KEPT_ENTITIES
from github_sync.entities.child import Entity
from github_sync.entities.values import Row
from github_sync.store.suspects import confirm_deletions, read_suspects
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.store.warehouse import Warehouse


def confirm_suspects(
    warehouse: Warehouse, github: GitHubClient, repository: TrackedRepository
) -> None:
    """Ask GitHub for each suspect; mark those deleted that it answers it does not have.

    Pull requests come first: the children of one that is gone become suspects, asked for next.

    :param repository: whose node id is known
    :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
    """
    for entity in KEPT_ENTITIES:
        after = 0
        while suspects := read_suspects(warehouse, entity, repository.repository_id, after):
            _confirm(warehouse, github, repository, entity, suspects)
            after = suspects[-1]["key"]


def _confirm(
    warehouse: Warehouse,
    github: GitHubClient,
    repository: TrackedRepository,
    entity: Entity,
    suspects: list[Row],
) -> None:
    keys = {row["github_node_id"]: row["key"] for row in suspects}
    present, gone = look_up(github, str(repository.github_node_id), list(keys))
    with warehouse.transaction():
        confirm_deletions(
            warehouse,
            entity,
            present=[keys[node_id] for node_id in present],
            gone=[keys[node_id] for node_id in gone],
            pull_requests={row["github_pr_id"] for row in suspects},
        )
