"""What resolvers share: the request's context, what its token may see, and GitHub's list limits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
)

from github_server import errors
from github_server.pagination import Connection, Order, check_page_size, paginate
from github_server.pull_requests import PullRequest, Review
from github_server.repositories import Repository
from github_server.tokens import Quota, Token
from github_server.world import Node, World

T = TypeVar("T")
Resolver = Callable[..., object]

# A pull request that GitHub fails to produce fails at its content: its identity can still be read.
IDENTITY_FIELDS = {"__typename", "id", "databaseId", "fullDatabaseId", "number", "updatedAt", "url"}


@dataclass
class Context:
    """What resolvers need to know about the request."""

    world: World
    token: Token
    quota: Quota
    null_nodes: Mapping[int | str, str | Mapping[str, Any]] = field(default_factory=dict)
    heavy: Collection[int] = ()
    heavy_counts: bool = False
    is_too_much: bool = False
    """Set when something is asked for that is too heavy for this GitHub."""
    headers: dict[str, str] = field(default_factory=dict)
    """What the answer says beside its body."""


Info: TypeAlias = "GraphQLResolveInfo[Context]"


class ResolverTable(dict[tuple[str, str], Resolver]):
    """Resolvers by type and field."""

    def on(self, type_names: str, field_name: str) -> Callable[[Resolver], Resolver]:
        """Make a function the resolver of a field, on each of the types."""

        def register(resolver: Resolver) -> Resolver:
            self.update({(name, field_name): resolver for name in type_names.split()})
            return resolver

        return register


def visible_repository(context: Context, full_name: str, follow_renames: bool) -> Repository:
    """The repository of this name, or GitHub's error."""
    repository = context.world.find_repository(full_name, follow_renames)
    if repository is None or not context.token.can_see(repository):
        raise errors.repository_not_found(full_name)
    _check_is_served(context, repository)
    return repository


def visible_node(context: Context, global_id: str) -> Node:
    """The node of this id, or GitHub's error."""
    node = context.world.nodes.get(global_id)
    if node is None or (isinstance(node, Review) and not node.visible):
        raise errors.node_not_found(global_id)
    repository = node if isinstance(node, Repository) else getattr(node, "repository", None)
    if repository is not None:
        is_hidden = repository is not node and not repository.pull_requests_enabled
        if is_hidden or not context.token.can_see(repository):
            raise errors.node_not_found(global_id)
        _check_is_served(context, repository)
        if repository is not node:
            check_pull_requests(context, repository)
    return node


def check_pull_requests(context: Context, repository: Repository) -> None:
    """Refuse what the token's permissions do not reach."""
    if not context.token.can_read_pull_requests(repository):
        raise errors.not_accessible(context.token.secret)


def _check_is_served(context: Context, repository: Repository) -> None:
    if repository.block_reason:
        raise errors.access_blocked()
    if refusal := context.token.refusal(repository):
        if refusal == "sso":
            context.headers |= errors.sso_headers(repository.owner.url)
        raise errors.REFUSALS[refusal](repository.owner.login)


def whole(node: object, info: Info) -> object:
    """The node, unless a fault makes GitHub fail to produce its content."""
    context = info.context
    may_fail = context.null_nodes or context.heavy
    if may_fail and isinstance(node, PullRequest) and selected_fields(info) - IDENTITY_FIELDS:
        context.is_too_much |= node.number in context.heavy
        why = context.null_nodes.get(node.number) or context.null_nodes.get(node.id)
        if why:
            raise errors.failing_node(why)
    return node


def attempt(make: Callable[[T, Info], object], value: T, info: Info) -> object:
    """A list element: an error in the list makes only that element null."""
    try:
        return make(value, info)
    except errors.GitHubError as error:
        return error


def selected_fields(info: Info) -> set[str]:
    """The names of the fields that the query asks of this one, through all fragments."""
    found: set[str] = set()
    for node in info.field_nodes:
        _collect(node.selection_set, info, found)
    return found


def _collect(selections: SelectionSetNode | None, info: Info, found: set[str]) -> None:
    for selection in selections.selections if selections else ():
        if isinstance(selection, FragmentSpreadNode):
            _collect(info.fragments[selection.name.value].selection_set, info, found)
        elif isinstance(selection, InlineFragmentNode):
            _collect(selection.selection_set, info, found)
        elif isinstance(selection, FieldNode):
            found.add(selection.name.value)


def connection(
    items: Sequence[T], order: Order[T], info: Info, arguments: Mapping[str, Any]
) -> Connection[T]:
    """A page of a list, with GitHub's limits."""
    check_page_size(info.field_name, arguments, bool(selected_fields(info) & {"nodes", "edges"}))
    return paginate(items, order, arguments)
