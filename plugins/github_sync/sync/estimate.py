"""Estimates what a sync would cost, without syncing: the dry run. It writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil
from typing import Any

from github_sync.api.client import GitHubClient
from github_sync.api.recent_updates import recent_updates
from github_sync.entities.values import Node, parse_time
from github_sync.settings import Settings
from github_sync.store.tracked_repositories import Mode, TrackedRepository, read_repositories
from github_sync.store.warehouse import Warehouse
from github_sync.sync.plan import ScanRequest, plan_scan
from github_sync.sync.progress import in_words

SECONDS_PER_REQUEST = 2.0
"""Used until a sync has been measured."""
NOT_SHOWN = (
    "GitHub does not show it to this connection under its stored id. The sync looks for it by its "
    "database id, and reports what it finds."
)
NOT_COUNTED = "GitHub did not count its pull requests."
NEW = "new: its first sync will show how many pull requests it has."


@dataclass(frozen=True)
class Estimate:
    """What one repository's sync would cost.

    :param pull_requests: how many it would read; None if that is not known
    :param why_unknown: the reason if it is not
    :param is_exact: counted, not extrapolated from the last 100
    """

    repository: str
    github_conn_id: str
    mode: Mode
    pull_requests: int | None
    requests: int
    is_exact: bool
    why_unknown: str | None = None


def estimate(
    warehouse: Warehouse,
    repository_ids: list[int],
    open_github: Callable[[str], GitHubClient],
    request: ScanRequest,
    settings: Settings,
) -> dict[str, Any]:
    """What syncing these repositories would cost, at one request for each 25 of them.

    :param repository_ids: their ``repository_id``
    :param open_github: opens GitHub with the Airflow connection of this id
    :returns: ``{repositories, connections, requests, seconds}``
    :raises SyncError: GitHub or Postgres could not be asked
    """
    repositories = read_repositories(warehouse, repository_ids)
    with warehouse.transaction():
        [pace] = warehouse.run("sync/read_pace")
    estimates, connections = [], []
    for conn_id, its in groupby(repositories, lambda one: one.github_conn_id):
        with closing(open_github(conn_id)) as github:
            found = list(_estimates(github, list(its), request, settings))
            connections.append(_connection(conn_id, found, github))
        estimates += found
    requests = sum(one.requests for one in estimates)
    seconds = requests * (pace["seconds"] or SECONDS_PER_REQUEST) / settings.max_concurrency
    return {
        "repositories": [vars(one) for one in estimates],
        "connections": connections,
        "requests": requests,
        "seconds": round(seconds),
    }


def report_lines(result: dict[str, Any]) -> list[str]:
    """The lines that the log shows of :func:`estimate`'s result."""
    lines = [_repository_line(one) for one in result["repositories"]]
    for one in result["connections"]:
        fits = "enough" if one["fits"] else "NOT ENOUGH: some would wait for the quota's reset"
        lines.append(
            f"Connection {one['github_conn_id']}: about {one['requests']:,} requests, "
            f"{one['quota_remaining']} of the quota left: {fits}"
        )
    lines.append(
        f"In all about {result['requests']:,} requests and {in_words(result['seconds'])}, "
        "without Airflow's own time. Nothing was written."
    )
    return lines


def _repository_line(one: dict[str, Any]) -> str:
    if one["pull_requests"] is None:
        return f"{one['repository']}: {one['why_unknown']}"
    about = "" if one["is_exact"] else "about "
    return (
        f"{one['repository']}: {one['mode']}, {about}{one['pull_requests']:,} pull requests, "
        f"{about}{one['requests']:,} requests"
    )


def _connection(conn_id: str, found: list[Estimate], github: GitHubClient) -> dict[str, Any]:
    requests, ours = sum(one.requests for one in found), github.quota_for_us
    return {
        "github_conn_id": conn_id,
        "requests": requests,
        "quota_remaining": github.quota_remaining,
        "fits": ours is None or requests <= ours,
    }


def _estimates(
    github: GitHubClient,
    repositories: list[TrackedRepository],
    request: ScanRequest,
    settings: Settings,
) -> Iterator[Estimate]:
    overlap = timedelta(seconds=settings.overlap_seconds)
    node_ids = [one.github_node_id for one in repositories if one.github_node_id]
    shown = recent_updates(github, node_ids)
    for repository in repositories:
        since = plan_scan(repository, request, overlap).since
        pull_requests = shown.get(repository.github_node_id or "")
        yield _estimate(repository, pull_requests, since, settings.page_size)


def _estimate(
    repository: TrackedRepository,
    pull_requests: Node | None,
    since: datetime | None,
    page_size: int,
) -> Estimate:
    mode: Mode = "full" if since is None else "incremental"
    name, conn_id = repository.full_name, repository.github_conn_id
    if pull_requests is None:
        why = NOT_SHOWN if repository.github_node_id else NEW
        return Estimate(name, conn_id, mode, None, 1, False, why)
    if pull_requests.get("totalCount") is None:
        return Estimate(name, conn_id, mode, None, 1, False, NOT_COUNTED)
    number, is_exact = _changed(pull_requests, since)
    # If a full page was the last one, only the next page shows it, unless it was all there is.
    is_all = number == pull_requests["totalCount"]
    requests = max(1, ceil(number / page_size)) if is_all else number // page_size + 1
    return Estimate(name, conn_id, mode, number, requests, is_exact)


def _changed(pull_requests: Node, since: datetime | None) -> tuple[int, bool]:
    """How many were updated since, and whether that is counted."""
    total = int(pull_requests["totalCount"])
    if since is None:
        return total, True
    nodes = pull_requests.get("nodes") or []
    moments = [parse_time(node["updatedAt"]) for node in nodes if node]
    if not moments:
        return total, total == 0
    within = [moment for moment in moments if moment >= since]
    if len(within) < len(moments) or len(within) == total:
        return len(within), True
    shown = within[0] - within[-1]
    share = (within[0] - since) / shown if shown else 1
    return min(total, ceil(len(within) * share)), False
