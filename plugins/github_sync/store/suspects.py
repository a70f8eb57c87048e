"""Rows that may be gone from GitHub: suspected here, and deleted only once GitHub confirms it."""

from __future__ import annotations

from collections.abc import Iterable

from github_sync.entities import KEPT_CHILDREN, PULL_REQUESTS
from github_sync.entities.child import Entity, KeptChild
from github_sync.entities.values import Row
from github_sync.store.warehouse import Warehouse


def read_suspects(
    warehouse: Warehouse, entity: Entity, repository_id: int, after: int
) -> list[Row]:
    """The next 100 suspects: ``{key, github_node_id, github_pr_id}``, in order of their key.

    :param after: the key of the last one read; 0 for the start
    """
    with warehouse.transaction():
        return warehouse.run(entity.sql("read_suspects"), repository_id=repository_id, after=after)


def mark_suspects(warehouse: Warehouse, entity: Entity, keys: list[int]) -> None:
    """Mark these rows as suspects; call it within a transaction."""
    if not keys:
        return
    if isinstance(entity, KeptChild):
        warehouse.run(entity.sql("mark_suspects"), keys=keys, pull_requests=[])
    else:
        warehouse.run(PULL_REQUESTS.sql("mark_suspects"), keys=keys)


def confirm_deletions(
    warehouse: Warehouse,
    entity: Entity,
    present: list[int],
    gone: list[int],
    pull_requests: Iterable[int],
) -> None:
    """Record GitHub's answer; call it within a transaction.

    The children of a pull request that is gone become suspects: they are asked for next.

    :param present: keys of rows that GitHub still has
    :param gone: keys of rows that GitHub answered it does not have
    :param pull_requests: the ``github_pr_id`` of those to which the rows belong
    """
    warehouse.run(entity.sql("confirm_deletions"), present=present, gone=gone)
    if isinstance(entity, KeptChild):
        if entity.refreshes_pull_requests:
            warehouse.run(entity.sql("refresh_pull_requests"), pull_requests=sorted(pull_requests))
    elif gone:
        for child in KEPT_CHILDREN:
            warehouse.run(child.sql("mark_suspects"), keys=[], pull_requests=gone)
