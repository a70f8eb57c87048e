"""Asks when the last updated pull requests of several repositories were updated."""

from __future__ import annotations

from github_sync.api.client import GitHubClient
from github_sync.api.documents import document
from github_sync.entities.values import Node

REPOSITORIES_PER_REQUEST = 25
"""Each shows its last 100 updates: more repositories would be too heavy for GitHub."""


def recent_updates(github: GitHubClient, node_ids: list[str]) -> dict[str, Node]:
    """The connection ``pullRequests`` of each repository that GitHub shows, by the id asked for.

    :returns: each with ``totalCount`` and the last 100 ``nodes``' ``updatedAt``
    :raises SyncError: as ``GitHubClient.query``
    """
    found: dict[str, Node] = {}
    rest = node_ids
    while rest:
        answer = github.query(
            document("lookups/recent_updates"),
            {"ids": rest[:REPOSITORIES_PER_REQUEST]},
            sized_by="ids",
        )
        asked = answer.variables["ids"]
        # By place: GitHub may answer with another id than it was asked for.
        for node_id, node in zip(asked, answer.data.get("nodes") or (), strict=False):
            if node and node.get("pullRequests"):
                found[node_id] = node["pullRequests"]
        rest = rest[len(asked) :]
    return found
