"""Confirms deletions: GitHub is asked for each stored row that its lists no longer show."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from github_sync.api.client import GitHubClient
from github_sync.api.existence import rows_that_exist
from github_sync.dag_ids import SYNC_DAG_ID
from github_sync.entities import KEPT_ENTITIES
from github_sync.entities.child import Entity
from github_sync.entities.stored_row import Existence, StoredRow
from github_sync.errors import DeletionsDoubted, GitHubUnavailable
from github_sync.store.failed_pull_requests import named
from github_sync.store.suspects import count_rows, mark_deleted, read_suspects, save_present
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.store.warehouse import Warehouse

log = logging.getLogger(__name__)

FEW = 10
"""So many rows may be deleted within a week whatever their share."""
ALL = 100
"""Percent."""
MOST_SKIPPED = 3
"""Requests in a row that bring no clear answer; then GitHub is asked no further."""


def accept_deletions(full_name: str) -> str:
    """How an operator says that the rows are really gone."""
    return (
        f'trigger {SYNC_DAG_ID} with {{"repositories": ["{full_name}"], "accept_deletions": true}}.'
    )


@dataclass(frozen=True)
class Doubt:
    """Rows that GitHub says are gone: too many at once to believe it.

    :param gone: some of them: as soon as they are too many, GitHub is asked no further
    :param gone_lately: how many, with those that were marked as deleted within a week
    :param had: how many the repository had in the table a week ago, as far as that is known
    """

    entity: Entity
    gone: list[StoredRow]
    gone_lately: int
    had: int

    def error(self, full_name: str, max_percent: int) -> DeletionsDoubted:
        """The error that the sync ends with once all else is stored."""
        numbers = sorted({row.number for row in self.gone})
        what = self.entity.name.replace("_", " ")
        return DeletionsDoubted(
            f"{full_name}: everything else is synced, but GitHub answers that at least "
            f"{len(self.gone)} stored {what} no longer exist ({named(numbers)}): with those "
            f"deleted within a week {self.gone_lately} of {self.had}. More than {max_percent} "
            "percent (GITHUB_SYNC_MAX_DELETED_PERCENT) are a reason to doubt it: they are kept.",
            "Look at some of them on GitHub. If they are there, contact GitHub Support. If they "
            f"were deleted, {accept_deletions(full_name)}",
        )


def confirm_suspects(
    warehouse: Warehouse, github: GitHubClient, repository: TrackedRepository, max_percent: int
) -> list[Doubt]:
    """Ask GitHub for each suspect; mark those deleted that it answers it does not have.

    Pull requests come first: their children are gone with them.

    :param repository: whose node id is known
    :param max_percent: more than this share of a table's rows are not marked, unless they are few
    :returns: the tables in which too many are gone
    :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
    """
    doubts = (
        _confirm(warehouse, github, repository, entity, max_percent) for entity in KEPT_ENTITIES
    )
    return [doubt for doubt in doubts if doubt]


def _confirm(
    warehouse: Warehouse,
    github: GitHubClient,
    repository: TrackedRepository,
    entity: Entity,
    max_percent: int,
) -> Doubt | None:
    gone: list[StoredRow] = []
    after, skipped = 0, 0
    repository_id = repository.repository_id
    while suspects := read_suspects(warehouse, entity, repository_id, after):
        existence = _existence(github, str(repository.github_node_id), suspects)
        skipped = 0 if existence.present or existence.gone else skipped + 1
        gone += existence.gone
        after = existence.asked[-1].key
        with warehouse.transaction():
            save_present(warehouse, entity, existence)
            doubt = _doubt(warehouse, repository_id, entity, gone, max_percent)
        if doubt:
            return doubt
        if skipped == MOST_SKIPPED:
            break
    with warehouse.transaction():
        mark_deleted(warehouse, repository_id, entity, gone)
    return None


def _existence(github: GitHubClient, repository_id: str, suspects: list[StoredRow]) -> Existence:
    """What GitHub answers; of a row that is too much for it, nothing: it stays a suspect."""
    try:
        return rows_that_exist(github, repository_id, suspects)
    except GitHubUnavailable as refusal:
        if not refusal.may_be_too_much:
            raise
        log.warning("#%d stays a suspect. %s", suspects[0].number, refusal)
        return Existence(suspects[:1], [], [])


def _doubt(
    warehouse: Warehouse,
    repository_id: int,
    entity: Entity,
    gone: list[StoredRow],
    max_percent: int,
) -> Doubt | None:
    if not gone or max_percent == ALL:
        return None
    stored = count_rows(warehouse, entity, repository_id)
    gone_lately, had = len(gone) + stored.deleted_lately, stored.rows + stored.deleted_lately
    is_doubtful = gone_lately > FEW and 100 * gone_lately > max_percent * had
    return Doubt(entity, gone, gone_lately, had) if is_doubtful else None
