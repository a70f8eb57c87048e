"""Reviews that GitHub's lists lack: asked for by id, and marked deleted on GitHub's word only."""

from __future__ import annotations

from github_sync.client import GitHubClient
from github_sync.proofs import look_up
from github_sync.warehouse import Warehouse


def settle_missing_reviews(warehouse: Warehouse, github: GitHubClient, repository_id: int) -> None:
    """Ask GitHub for each review that a complete list of its pull request's reviews lacked.

    :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
    """
    after = 0
    while True:
        with warehouse.transaction():
            missing = warehouse.run(
                "read_missing_reviews", repository_id=repository_id, after=after
            )
        if not missing:
            return
        after = missing[-1]["github_review_id"]
        present, gone = look_up(github, [row["github_node_id"] for row in missing])
        with warehouse.transaction():
            warehouse.run(
                "settle_missing_reviews",
                present=[
                    row["github_review_id"] for row in missing if row["github_node_id"] in present
                ],
                gone=[row["github_review_id"] for row in missing if row["github_node_id"] in gone],
            )
            pull_requests = sorted({row["github_pr_id"] for row in missing})
            warehouse.run("refresh_first_reviews", pull_requests=pull_requests)
