"""Diagnoses why GitHub does not find a repository, with one more query."""

from __future__ import annotations

from github_sync.api.client import Answer, GitHubClient
from github_sync.api.documents import document
from github_sync.dag_ids import TRACK_DAG_ID
from github_sync.entities.repository import RepositoryRef
from github_sync.errors import RepositoryNotFound, SyncError

PAUSE = f"or pause it with the Dag {TRACK_DAG_ID}."


def diagnose_not_found(
    github: GitHubClient, repository: RepositoryRef, refusal: RepositoryNotFound
) -> SyncError:
    """The refusal, with what the token can see of the repository's owner and of its name.

    GitHub gives the same answer for a deleted and for a hidden repository. A token that still sees
    private data of the owner has most likely lost access to this repository only.

    :param repository: its name and id as they were last known
    """
    if refusal.github_state != RepositoryNotFound.github_state:
        return refusal  # it gives the reason itself
    owner, _, name = repository.full_name.partition("/")
    try:
        answer = github.query(document("lookups/repository_owner"), {"owner": owner, "name": name})
    except SyncError:
        return refusal  # that it is not found is certain; the reason remains unknown
    state, why, remedy = _meaning(answer, owner, repository)
    return RepositoryNotFound(
        f"{github.about}: not found on GitHub. {why}", remedy, refusal.request_id, state
    )


def _meaning(answer: Answer, owner: str, repository: RepositoryRef) -> tuple[str, str, str]:
    viewer = (answer.data.get("viewer") or {}).get("login", "its owner")
    namesake = answer.data.get("repository")
    if namesake and repository.github_node_id and namesake["id"] != repository.github_node_id:
        return (
            "name_taken",
            f"It was deleted or is hidden, and its name now belongs to another repository "
            f"({namesake['id']}).",
            f"Track the new one by this name if you want it, {PAUSE}",
        )
    if answer.data.get("repositoryOwner") is None:
        return (
            "not_found",
            f"GitHub has no owner {owner} either: deleted, renamed or misspelled.",
            f"Correct its name, {PAUSE}",
        )
    if _is_insider(answer.data["repositoryOwner"]):
        return (
            "not_found",
            f"It was deleted, or the token of {viewer} lost access to it. The token still has "
            f"access to {owner}.",
            f"Grant the token access to it, correct its name, {PAUSE}",
        )
    return (
        "no_access",
        f"The token of {viewer} has no access to private repositories of {owner}, or the "
        "repository was deleted.",
        f"Grant the token access to {owner}'s repositories, correct the name, {PAUSE}",
    )


def _is_insider(owner: dict[str, object]) -> bool:
    """Whether the token belongs to a member, or sees any private repository of the owner."""
    private = owner.get("repositories") or {}
    sees_private = isinstance(private, dict) and private.get("totalCount")
    return bool(owner.get("viewerIsAMember") or owner.get("isViewer") or sees_private)
