"""Where each field of Query and of accounts finds its value; fields of other types are beside it.

Fields without a resolver read the attribute of the same name in snake_case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from github_server import errors
from github_server.actors import Actor, ActorKind
from github_server.clock import iso_format
from github_server.pagination import Connection, Key, Order
from github_server.repositories import Repository
from github_server.resolving import (
    Context,
    Info,
    ResolverTable,
    attempt,
    connection,
    visible_node,
    visible_repository,
    whole,
)

RESOLVERS = ResolverTable()


@RESOLVERS.on("Query", "viewer")
def _viewer(_: None, info: Info) -> Actor:
    return info.context.token.user


@RESOLVERS.on("Query", "rateLimit")
def _rate_limit(_: None, info: Info, **__: Any) -> dict[str, object]:
    quota = info.context.quota
    return {
        "cost": 1,
        "limit": quota.limit,
        "nodeCount": 0,
        "remaining": quota.remaining,
        "resetAt": quota.resets_at,
        "used": quota.used,
    }


@RESOLVERS.on("Query", "repository")
def _repository(_: None, info: Info, owner: str, name: str, **arguments: bool) -> Repository:
    return visible_repository(info.context, f"{owner}/{name}", arguments["followRenames"])


@RESOLVERS.on("Query", "node")
def _node(_: None, info: Info, **arguments: str) -> object:
    return _whole_node(arguments["id"], info)


@RESOLVERS.on("Query", "nodes")
def _nodes(_: None, info: Info, ids: list[str]) -> list[object]:
    return [attempt(_whole_node, global_id, info) for global_id in ids]


def _whole_node(global_id: str, info: Info) -> object:
    return whole(visible_node(info.context, global_id), info)


@RESOLVERS.on("Query", "repositoryOwner")
def _repository_owner(_: None, info: Info, login: str) -> Actor | None:
    """Null without an error for an unknown login, unlike its neighbours."""
    actor = _actor(info.context, login)
    return actor if actor and actor.kind in ("User", "Organization") else None


@RESOLVERS.on("Query", "organization")
def _organization(_: None, info: Info, login: str) -> Actor:
    return _actor_of_kind(info.context, "Organization", login)


@RESOLVERS.on("Query", "user")
def _user(_: None, info: Info, login: str) -> Actor:
    return _actor_of_kind(info.context, "User", login)


def _actor(context: Context, login: str) -> Actor | None:
    return context.world.actors.get(login.lower())


def _actor_of_kind(context: Context, kind: ActorKind, login: str) -> Actor:
    actor = _actor(context, login)
    if actor is None or actor.kind != kind:
        raise errors.login_not_found(kind, login)
    return actor


@RESOLVERS.on("Actor User Organization Bot Mannequin", "avatarUrl")
def _avatar_url(actor: Actor, _: Info, **__: Any) -> str:
    return f"{actor.web_url}/avatars/u/{actor.database_id}"


@RESOLVERS.on("Organization", "viewerIsAMember")
def _viewer_is_a_member(organization: Actor, info: Info) -> bool:
    return info.context.token.is_of_member(organization)


@RESOLVERS.on("User", "isViewer")
def _is_viewer(user: Actor, info: Info) -> bool:
    return user is info.context.token.user


@RESOLVERS.on("User Organization", "repository")
def _owned_repository(owner: Actor, info: Info, name: str, **arguments: bool) -> Repository:
    return visible_repository(info.context, f"{owner.login}/{name}", arguments["followRenames"])


@RESOLVERS.on("User Organization", "repositories")
def _repositories(owner: Actor, info: Info, **arguments: Any) -> Connection[Repository]:
    token = info.context.token
    owned = [
        repository
        for repository in info.context.world.repositories.values()
        if repository.owner is owner
        and token.can_see(repository)
        and token.refusal(repository) is None
        and _passes(repository, arguments)
    ]
    return connection(owned, _repository_order(arguments.get("orderBy")), info, arguments)


def _passes(repository: Repository, arguments: Mapping[str, Any]) -> bool:
    flags = {
        "isArchived": repository.is_archived,
        "isFork": repository.is_fork,
        "isLocked": repository.is_locked,
        "hasIssuesEnabled": repository.has_issues_enabled,
        "visibility": repository.visibility,
        "privacy": "PRIVATE" if repository.is_private else "PUBLIC",
    }
    return all(arguments.get(name) in (None, value) for name, value in flags.items())


def _id_key(repository: Repository) -> Key:
    return (repository.database_id,)


def _repository_order(order_by: Mapping[str, str] | None) -> Order[Repository]:
    keys: dict[str, Callable[[Repository], Key]] = {
        "NAME": lambda repository: (repository.name.lower(), repository.database_id),
        "CREATED_AT": lambda repository: (
            iso_format(repository.created_at),
            repository.database_id,
        ),
        "UPDATED_AT": lambda repository: (
            iso_format(repository.updated_at),
            repository.database_id,
        ),
    }
    order_by = order_by or {"field": "", "direction": "ASC"}
    return Order(keys.get(order_by["field"], _id_key), order_by["direction"] == "DESC")
