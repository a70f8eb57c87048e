"""Keeps what is stored of fields that GitHub now refuses: it is better than NULL."""

from __future__ import annotations

from github_sync.entities import CHILDREN, PULL_REQUESTS
from github_sync.entities.child import Entity
from github_sync.entities.pull_request import PullRequestRows
from github_sync.entities.values import Row
from github_sync.store.warehouse import Warehouse


def keep_refused_values(warehouse: Warehouse, pull_requests: list[PullRequestRows]) -> None:
    """Put the stored values into the rows whose values GitHub refused; call it in a transaction.

    It costs a statement for each table only if anything was refused.
    """
    refused = [one for one in pull_requests if one.refused_columns]
    for entity in (PULL_REQUESTS, *CHILDREN) if refused else ():
        its = [one for one in refused if entity.table in one.refused_columns]
        if its:
            _keep(warehouse, entity, its)


def _keep(warehouse: Warehouse, entity: Entity, pull_requests: list[PullRequestRows]) -> None:
    ids = [one.github_pr_id for one in pull_requests]
    stored = {
        _identity(entity, row["stored"]): row["stored"]
        for row in warehouse.run(entity.sql("read_stored"), pull_requests=ids)
    }
    for one in pull_requests:
        rows = [one.pull_request] if entity == PULL_REQUESTS else one.children.get(entity.table, [])
        for row in rows:
            before = stored.get(_identity(entity, row), {})
            for column in one.refused_columns[entity.table]:
                row[column] = before.get(column) if row[column] is None else row[column]


def _identity(entity: Entity, row: Row) -> tuple[object, object]:
    return row["github_pr_id"], row[entity.key]
