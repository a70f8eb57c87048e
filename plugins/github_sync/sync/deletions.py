"""What GitHub's lists lack: asked for by id, and marked deleted on GitHub's word only."""

from __future__ import annotations

from dataclasses import dataclass

from github_sync.api.client import GitHubClient
from github_sync.api.node_lookup import look_up
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.store.warehouse import Row, Warehouse


@dataclass(frozen=True)
class Kind:
    """What can be missing: the column that names it, and the statements for it."""

    key: str
    read: str
    settle: str


# In this order: the reviews of a pull request that is gone are suspects by that.
KINDS = (
    Kind(
        "github_pr_id",
        "entities/pull_requests/read_suspects",
        "entities/pull_requests/confirm_deletions",
    ),
    Kind(
        "github_review_id", "entities/reviews/read_suspects", "entities/reviews/confirm_deletions"
    ),
)


def confirm_deletions(
    warehouse: Warehouse, github: GitHubClient, repository: TrackedRepository
) -> None:
    """Ask GitHub for each pull request and review that a complete list lacked.

    :param repository: whose node id is known
    :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
    """
    for kind in KINDS:
        after = 0
        while missing := _read(warehouse, repository, kind, after):
            _settle(warehouse, github, repository, kind, missing)
            after = missing[-1][kind.key]


def _read(warehouse: Warehouse, repository: TrackedRepository, kind: Kind, after: int) -> list[Row]:
    with warehouse.transaction():
        return warehouse.run(kind.read, repository_id=repository.repository_id, after=after)


def _settle(
    warehouse: Warehouse,
    github: GitHubClient,
    repository: TrackedRepository,
    kind: Kind,
    missing: list[Row],
) -> None:
    nodes = {row["github_node_id"]: row[kind.key] for row in missing}
    present, gone = look_up(github, str(repository.github_node_id), list(nodes))
    with warehouse.transaction():
        warehouse.run(
            kind.settle,
            present=[nodes[node_id] for node_id in present],
            gone=[nodes[node_id] for node_id in gone],
        )
        pull_requests = sorted({row["github_pr_id"] for row in missing})
        warehouse.run("entities/reviews/refresh_pull_requests", pull_requests=pull_requests)
