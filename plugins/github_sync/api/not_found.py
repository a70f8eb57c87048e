"""Finds a repository again that GitHub does not find, or diagnoses why it does not."""

from __future__ import annotations

from dataclasses import dataclass

from github_sync.api.client import Answer, GitHubClient
from github_sync.api.documents import document
from github_sync.dag_ids import TRACK_DAG_ID
from github_sync.entities.repository import (
    RepositoryIdentity,
    RepositoryRef,
    has_identity,
    repository_identity,
)
from github_sync.entities.values import Node
from github_sync.errors import RepositoryNotFound, SyncError

PAUSE = f"or pause it with the Dag {TRACK_DAG_ID}."
MAY_BE_FOUND = ("not_found", "name_taken")
"""The states of a repository that may be found by its database id."""


def find_again(
    github: GitHubClient, repository: RepositoryRef, refusal: RepositoryNotFound
) -> RepositoryIdentity:
    """The repository by its database id, where GitHub does not find it by node id or name.

    GitHub has changed the format of its node ids: an old id is not found one day, though the
    repository is there. https://github.blog/2021-11-16-graphql-global-id-migration-update

    :param repository: its name and ids as they were last known
    :raises SyncError: GitHub could not be asked; or the refusal, with its reason: what the token
        can see of the repository's owner and of its name
    """
    if refusal.github_state not in MAY_BE_FOUND:
        raise refusal  # it gives the reason itself
    try:
        name = _ask(github, repository.full_name)
    except SyncError:
        if repository.github_repo_id:
            raise  # it may be there under another id
        raise refusal from None  # that it is not found is certain; the reason remains unknown
    if found := name.of(repository.github_repo_id):
        return found
    new_name = _name_of(github, repository.github_repo_id) if repository.github_repo_id else None
    if new_name and (found := _ask(github, new_name).of(repository.github_repo_id)):
        return found
    if refusal.github_state == "name_taken":
        raise refusal
    raise _diagnosis(github, repository, refusal, name)


@dataclass(frozen=True)
class _Name:
    """What GitHub shows of a name and of its owner."""

    owner: str
    answer: Answer

    @property
    def repository(self) -> Node | None:
        """What has the name now."""
        node = self.answer.data.get("repository")
        return node if node and has_identity(node) else None

    def of(self, github_repo_id: int | None) -> RepositoryIdentity | None:
        """The repository that has the name, if it is this one."""
        node = self.repository
        is_it = node is not None and node["databaseId"] == github_repo_id
        return repository_identity(node) if node and is_it else None


def _ask(github: GitHubClient, full_name: str) -> _Name:
    owner, _, name = full_name.partition("/")
    variables = {"owner": owner, "name": name}
    return _Name(owner, github.query(document("lookups/repository_owner"), variables))


def _name_of(github: GitHubClient, github_repo_id: int) -> str | None:
    try:
        return str(github.repository(github_repo_id)["full_name"])
    except (RepositoryNotFound, KeyError):
        return None


def _diagnosis(
    github: GitHubClient, repository: RepositoryRef, refusal: RepositoryNotFound, name: _Name
) -> SyncError:
    """GitHub gives the same answer for a deleted and for a hidden repository.

    A token that still sees private data of the owner has most likely lost access to this repository
    only.
    """
    state, why, remedy = _meaning(repository, name)
    return RepositoryNotFound(
        f"{github.about}: not found on GitHub. {why}", remedy, refusal.request_id, state
    )


def _meaning(repository: RepositoryRef, name: _Name) -> tuple[str, str, str]:
    owner, data = name.owner, name.answer.data
    viewer = (data.get("viewer") or {}).get("login", "its owner")
    if name.repository and repository.github_node_id:
        return (
            "name_taken",
            f"It was deleted or is hidden, and its name now belongs to another repository "
            f"(GitHub id {name.repository['databaseId']}).",
            f"Track the new one by this name if you want it, {PAUSE}",
        )
    if data.get("repositoryOwner") is None:
        return (
            "not_found",
            f"GitHub has no owner {owner} either: deleted, renamed or misspelled.",
            f"Correct its name, {PAUSE}",
        )
    if _is_insider(data["repositoryOwner"]):
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
