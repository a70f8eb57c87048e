"""Why GitHub does not find a repository: one more question, when it is too late for the sync."""

from __future__ import annotations

from github_sync.api.client import Answer, GitHubClient
from github_sync.api.documents import document
from github_sync.entities.repository import RepositoryRef
from github_sync.errors import RepositoryNotFound, SyncError

PAUSE = "or pause it with the Dag track_github_repositories."


def diagnose_not_found(
    github: GitHubClient, repository: RepositoryRef, refusal: RepositoryNotFound
) -> SyncError:
    """The refusal, with what the token can see of the repository's owner and of its name.

    GitHub answers alike for what is deleted and for what is hidden. A token that still sees its
    owner from within has most likely lost the repository only.

    :param repository: its owner and name as they were known last
    """
    if refusal.github_state != RepositoryNotFound.github_state:
        return refusal  # it says why itself
    owner, _, name = repository.full_name.partition("/")
    try:
        answer = github.query(document("lookups/repository_owner"), {"owner": owner, "name": name})
    except SyncError:
        return refusal  # that it is not found is certain; why remains unknown
    state, why, remedy = _meaning(answer, owner, repository)
    return RepositoryNotFound(
        f"{github.about}: GitHub does not find it. {why}", remedy, refusal.request_id, state
    )


def _meaning(answer: Answer, owner: str, repository: RepositoryRef) -> tuple[str, str, str]:
    viewer = (answer.data.get("viewer") or {}).get("login", "its owner")
    namesake = answer.data.get("repository")
    if namesake and repository.github_node_id and namesake["id"] != repository.github_node_id:
        return (
            "name_taken",
            f"It was deleted or hidden, and its name now belongs to another repository "
            f"({namesake['id']}).",
            f"Track the new one by this name if it is wanted, {PAUSE}",
        )
    if answer.data.get("repositoryOwner") is None:
        return (
            "not_found",
            f"GitHub has no {owner} either: deleted, renamed or misspelt.",
            f"Correct its name, {PAUSE}",
        )
    if _is_insider(answer.data["repositoryOwner"]):
        return (
            "not_found",
            f"It was deleted, or taken from what the token of {viewer} may read: {owner} itself "
            "the token still sees from within.",
            f"Give the token access to it, correct its name, {PAUSE}",
        )
    return (
        "no_access",
        f"The token of {viewer} sees nothing of {owner} that is not public: it has lost its "
        "access, or never had it; or the repository is deleted.",
        f"Give the token access to {owner}'s repositories, correct the name, {PAUSE}",
    )


def _is_insider(owner: dict[str, object]) -> bool:
    """Whether the token belongs to a member, or sees any private repository of the owner."""
    private = owner.get("repositories") or {}
    sees_private = isinstance(private, dict) and private.get("totalCount")
    return bool(owner.get("viewerIsAMember") or owner.get("isViewer") or sees_private)
