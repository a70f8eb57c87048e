"""Rows that may be gone from GitHub: suspected here, and deleted only once GitHub confirms it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from github_sync.entities import KEPT_CHILDREN, KEPT_ENTITIES
from github_sync.entities.child import Entity, KeptChild
from github_sync.entities.stored_row import Existence, StoredRow
from github_sync.store.failed_pull_requests import delete_failures
from github_sync.store.warehouse import Warehouse


def read_suspects(
    warehouse: Warehouse, entity: Entity, repository_id: int, after: int
) -> list[StoredRow]:
    """The next 100 suspects, in order of their key.

    :param after: the key of the last one read; 0 for the start
    """
    with warehouse.transaction():
        rows = warehouse.run(entity.sql("read_suspects"), repository_id=repository_id, after=after)
    return [StoredRow(entity, **row) for row in rows]


@dataclass(frozen=True)
class RowCounts:
    """How many rows a repository has that are not deleted, and how many were within a week."""

    rows: int
    deleted_lately: int


def count_rows(warehouse: Warehouse, entity: Entity, repository_id: int) -> RowCounts:
    """Count them; call it within a transaction."""
    [row] = warehouse.run(entity.sql("count_rows"), repository_id=repository_id)
    return RowCounts(**row)


def mark_suspects(warehouse: Warehouse, entity: Entity, keys: list[int]) -> None:
    """Mark these rows as suspects; call it within a transaction."""
    if keys:
        warehouse.run(entity.sql("mark_suspects"), keys=keys)


def save_existence_sample(warehouse: Warehouse, sample: Existence) -> None:
    """Mark what is gone as a suspect, and save changed node ids; call it within a transaction.

    A deleted row that GitHub shows again is deleted no longer, and the next sync reads its pull
    request.
    """
    for entity in KEPT_ENTITIES:
        _save_node_ids(warehouse, entity, sample.with_other_node_ids)
        mark_suspects(warehouse, entity, [row.key for row in sample.gone if row.entity == entity])
        _save(warehouse, entity, [row for row in sample.back if row.entity == entity])
    if back := {row.github_pr_id for row in sample.back}:
        warehouse.run("sync/read_again", pull_requests=sorted(back))


def save_present(warehouse: Warehouse, entity: Entity, existence: Existence) -> None:
    """What GitHub still has is no suspect; call it within a transaction."""
    _save_node_ids(warehouse, entity, existence.with_other_node_ids)
    _save(warehouse, entity, present=existence.present)


def mark_deleted(
    warehouse: Warehouse, repository_id: int, entity: Entity, gone: list[StoredRow]
) -> None:
    """Mark rows that GitHub confirmed to be gone; call it within a transaction.

    The children of a pull request are gone with it, and it is no longer a failure.
    """
    _save(warehouse, entity, gone=gone)
    if isinstance(entity, KeptChild) or not gone:
        return
    ids = sorted({row.github_pr_id for row in gone})
    delete_failures(warehouse, repository_id, ids)
    for child in KEPT_CHILDREN:
        warehouse.run(child.sql("delete_with_pull_requests"), pull_requests=ids)
        _refresh_pull_requests(warehouse, child, ids)


def _save(
    warehouse: Warehouse,
    entity: Entity,
    present: Collection[StoredRow] = (),
    gone: Collection[StoredRow] = (),
) -> None:
    if not present and not gone:
        return
    warehouse.run(
        entity.sql("confirm_deletions"),
        present=[row.key for row in present],
        gone=[row.key for row in gone],
    )
    if isinstance(entity, KeptChild):
        ids = sorted({row.github_pr_id for row in (*present, *gone)})
        _refresh_pull_requests(warehouse, entity, ids)


def _refresh_pull_requests(warehouse: Warehouse, child: KeptChild, ids: list[int]) -> None:
    if child.refreshes_pull_requests:
        warehouse.run(child.sql("refresh_pull_requests"), pull_requests=ids)


def _save_node_ids(warehouse: Warehouse, entity: Entity, rows: list[StoredRow]) -> None:
    its = [row for row in rows if row.entity == entity]
    if its:
        warehouse.run(
            entity.sql("save_node_ids"),
            keys=[row.key for row in its],
            node_ids=[row.github_node_id for row in its],
        )
