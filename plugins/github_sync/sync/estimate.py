"""What a sync would cost, without syncing: the dry run. It writes nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil
from typing import Any

from github_sync.api.client import GitHubClient
from github_sync.api.documents import document
from github_sync.entities.values import Node, parse_time
from github_sync.settings import Settings
from github_sync.store.tracked_repositories import Mode
from github_sync.store.warehouse import Row, Warehouse
from github_sync.sync.progress import in_words

log = logging.getLogger(__name__)

BATCH = 25
"""Repositories that are asked about at once."""
SECONDS_PER_REQUEST = 2.0
"""Where no sync has shown it yet."""
UNREADABLE = "GitHub does not show it to this connection."
UNKNOWN = "new: how many pull requests it has, its first sync shows."


@dataclass(frozen=True)
class ScanRequest:
    """What the run would read of each repository.

    :param since: at least what was updated at or after this (aware); None for what each lacks
    """

    full_resync: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class Estimate:
    """What one repository's sync would take.

    :param pull_requests: how many it would read; None when that is not known
    :param why_unknown: and why not
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
    repositories: list[int],
    open_github: Callable[[str], GitHubClient],
    wanted: ScanRequest,
    settings: Settings,
) -> dict[str, Any]:
    """What syncing these repositories would take, at one request for each 25 of them.

    :param repositories: their ``repository_id``
    :param open_github: opens GitHub with the Airflow connection of this id
    :returns: ``{repositories, connections, requests, seconds}``
    :raises SyncError: GitHub or Postgres could not be asked
    """
    with warehouse.transaction():
        rows = warehouse.run("sync/read_scan_states", repositories=repositories)
        [pace] = warehouse.run("sync/read_pace")
    forecasts, connections = [], []
    for conn_id, its_rows in groupby(rows, lambda row: str(row["github_conn_id"])):
        with closing(open_github(conn_id)) as github:
            found = list(_forecasts(github, list(its_rows), wanted, settings))
            connections.append(_connection(conn_id, found, github))
        forecasts += found
    requests = sum(one.requests for one in forecasts)
    seconds = requests * (pace["seconds"] or SECONDS_PER_REQUEST) / settings.max_concurrency
    return {
        "repositories": [vars(one) for one in forecasts],
        "connections": connections,
        "requests": requests,
        "seconds": round(seconds),
    }


def describe(result: dict[str, Any]) -> list[str]:
    """The estimate in lines for the log."""
    lines = [_line(one) for one in result["repositories"]]
    for one in result["connections"]:
        fits = "enough" if one["fits"] else "NOT ENOUGH: some would wait for the quota's reset"
        lines.append(
            f"Connection {one['github_conn_id']}: about {one['requests']:,} requests, "
            f"{one['quota_remaining']} of the quota left: {fits}"
        )
    lines.append(
        f"In all about {result['requests']:,} requests and {in_words(result['seconds'])}, "
        "Airflow's own time aside. Nothing was written."
    )
    return lines


def _line(one: dict[str, Any]) -> str:
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


def _forecasts(
    github: GitHubClient, rows: list[Row], wanted: ScanRequest, settings: Settings
) -> Iterator[Estimate]:
    overlap = timedelta(seconds=settings.overlap_seconds)
    shown = _shown(github, [row["github_node_id"] for row in rows if row["github_node_id"]])
    for row in rows:
        node = shown.get(row["github_node_id"])
        yield _of(row, node, _since(row, wanted, overlap), settings.page_size)


def _shown(github: GitHubClient, node_ids: list[str]) -> dict[str, Node]:
    """What GitHub says of those that it shows."""
    found: dict[str, Node] = {}
    rest = node_ids
    while rest:
        asked = {"ids": rest[:BATCH]}
        answer = github.query(document("lookups/recent_updates"), asked, sized_by="ids")
        found |= {node["id"]: node for node in answer.data["nodes"] if node}
        rest = rest[len(answer.variables["ids"]) :]
    return found


def _since(row: Row, wanted: ScanRequest, overlap: timedelta) -> datetime | None:
    """As ``passes`` decides it: None for the whole history."""
    if wanted.full_resync or row["last_sync_at"] is None:
        return None
    if row["is_unfinished"] and row["scan_since"] is None:
        return None
    begins = [row["last_sync_at"] - overlap, wanted.since, row["scan_since"]]
    moments: list[datetime] = [moment for moment in begins if moment is not None]
    return min(moments)


def _of(row: Row, node: Node | None, since: datetime | None, page_size: int) -> Estimate:
    mode: Mode = "full" if since is None else "incremental"
    if node is None:
        why = UNREADABLE if row["github_node_id"] else UNKNOWN
        return Estimate(row["full_name"], row["github_conn_id"], mode, None, 1, False, why)
    number, is_exact = _changed(node["pullRequests"], since)
    # Whether a full page is the last one, only the next one shows, unless it was all there is.
    is_all = number == node["pullRequests"]["totalCount"]
    requests = max(1, ceil(number / page_size)) if is_all else number // page_size + 1
    return Estimate(row["full_name"], row["github_conn_id"], mode, number, requests, is_exact)


def _changed(pull_requests: Node, since: datetime | None) -> tuple[int, bool]:
    """How many were updated since, and whether that is counted."""
    total = int(pull_requests["totalCount"])
    if since is None:
        return total, True
    moments = [parse_time(node["updatedAt"]) for node in pull_requests["nodes"] if node]
    if not moments:
        return total, total == 0
    within = [moment for moment in moments if moment >= since]
    if len(within) < len(moments) or len(within) == total:
        return len(within), True
    shown = within[0] - within[-1]
    share = (within[0] - since) / shown if shown else 1
    return min(total, ceil(len(within) * share)), False
