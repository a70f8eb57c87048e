"""Where the fields of repositories, pull requests and reviews find their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_server import errors, labels
from github_server.actors import Actor, living
from github_server.clock import iso_format
from github_server.ids import int_or_none, node_id
from github_server.pagination import Connection, Edge, Key, Order
from github_server.pull_requests import PullRequest, Review
from github_server.repositories import Repository
from github_server.resolving import (
    Info,
    ResolverTable,
    attempt,
    check_pull_requests,
    connection,
    selected_fields,
    whole,
)

RESOLVERS = ResolverTable()


@RESOLVERS.on("Repository", "pullRequest")
def _pull_request(repository: Repository, info: Info, number: int) -> object:
    check_pull_requests(info.context, repository)
    pull_request = repository.pull_requests.get(number)
    if pull_request is None or not repository.pull_requests_enabled:
        raise errors.pull_request_not_found(number)
    return whole(pull_request, info)


@RESOLVERS.on("Repository", "pullRequests")
def _pull_requests(repository: Repository, info: Info, **arguments: Any) -> Connection[PullRequest]:
    check_pull_requests(info.context, repository)
    wanted = {
        "state": arguments.get("states"),
        "base_ref_name": _one(arguments.get("baseRefName")),
        "head_ref_name": _one(arguments.get("headRefName")),
    }
    found = [
        pull_request
        for pull_request in repository.pull_requests.values()
        if all(
            values is None or getattr(pull_request, at) in values for at, values in wanted.items()
        )
    ]
    if not repository.pull_requests_enabled:
        found = []
    is_count = arguments.get("states") is not None and "totalCount" in selected_fields(info)
    info.context.is_too_much |= info.context.heavy_counts and is_count
    return connection(found, _pull_request_order(arguments.get("orderBy")), info, arguments)


def _one(value: str | None) -> list[str] | None:
    return None if value is None else [value]


def _pull_request_order(order_by: Mapping[str, str] | None) -> Order[PullRequest]:
    order_by = order_by or {"field": "CREATED_AT", "direction": "ASC"}
    by_update = order_by["field"] == "UPDATED_AT"
    return Order(_update_key if by_update else _creation_key, order_by["direction"] == "DESC")


def _update_key(pull_request: PullRequest) -> Key:
    return (iso_format(pull_request.updated_at), pull_request.database_id)


def _creation_key(pull_request: PullRequest) -> Key:
    return (iso_format(pull_request.created_at), pull_request.database_id)


@RESOLVERS.on("PullRequestConnection", "nodes")
def _pull_request_nodes(page: Connection[PullRequest], info: Info) -> list[object]:
    return [attempt(whole, node, info) for node in page.nodes]


@RESOLVERS.on("PullRequestEdge", "node")
def _pull_request_edge_node(edge: Edge[PullRequest], info: Info) -> object:
    return whole(edge.node, info)


@RESOLVERS.on("PullRequest PullRequestReview", "author")
def _author(thing: PullRequest | Review, _: Info) -> Actor | None:
    return living(thing.author)


@RESOLVERS.on("PullRequest", "mergedBy")
def _merged_by(pull_request: PullRequest, _: Info) -> Actor | None:
    return living(pull_request.merged_by)


@RESOLVERS.on("PullRequest", "commits")
def _commits(pull_request: PullRequest, _: Info, **__: Any) -> dict[str, int]:
    return {"totalCount": pull_request.commits}


@RESOLVERS.on("PullRequest PullRequestReview", "fullDatabaseId")
def _full_database_id(thing: PullRequest | Review, _: Info) -> str:
    return str(thing.database_id)


@RESOLVERS.on("PullRequest PullRequestReview", "databaseId")
def _database_id(thing: PullRequest | Review, _: Info) -> int | None:
    return int_or_none(thing.database_id)


@RESOLVERS.on("PullRequest", "labels")
def _labels(pull_request: PullRequest, info: Info, **arguments: Any) -> Connection[labels.Label]:
    order = labels.order_of(arguments.get("orderBy"))
    return connection(pull_request.labels, order, info, arguments)


@RESOLVERS.on("PullRequest", "reviews")
def _reviews(pull_request: PullRequest, info: Info, **arguments: Any) -> Connection[Review]:
    states, author = arguments.get("states"), arguments.get("author")
    reviews = [
        review
        for review in pull_request.reviews
        if review.visible
        and (states is None or review.state in states)
        and (author is None or (review.author is not None and review.author.login == author))
    ]
    return connection(reviews, REVIEW_ORDER, info, arguments)


def _review_key(review: Review) -> Key:
    return (iso_format(review.created_at), review.database_id)


REVIEW_ORDER: Order[Review] = Order(_review_key)


@RESOLVERS.on("PullRequestReview", "commit")
def _commit(review: Review, _: Info) -> dict[str, str] | None:
    """Null once the commit is gone, as after a force push that GitHub has cleaned up."""
    oid = review.commit_oid
    if oid is None:
        return None
    repository_id = review.repository.database_id
    return {"id": node_id("C", repository_id), "oid": oid, "abbreviatedOid": oid[:7]}
