"""What GitHub has, as rows: pure functions and values, no HTTP and no database.

Each entity is declared once, in a module of its own; everything else walks these registries.
"""

from __future__ import annotations

from github_sync.entities.child import Entity, KeptChild, ReplacedChild
from github_sync.entities.label import LABELS
from github_sync.entities.review import REVIEWS

PULL_REQUESTS = Entity("pull_requests", "pull_requests", "github_pr_id", "PullRequest")

CHILDREN: tuple[KeptChild | ReplacedChild, ...] = (REVIEWS, LABELS)
"""What is stored with each pull request."""

KEPT_CHILDREN = tuple(child for child in CHILDREN if isinstance(child, KeptChild))

KEPT_ENTITIES: tuple[Entity, ...] = (PULL_REQUESTS, *KEPT_CHILDREN)
"""Whose deletion is confirmed by id. The children of a deleted pull request become suspects."""
