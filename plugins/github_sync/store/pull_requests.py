"""Writes pull requests into the tables, with their children and people, within one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from github_sync.entities import CHILDREN, PULL_REQUESTS
from github_sync.entities.child import KeptChild, ReplacedChild
from github_sync.entities.pull_request import FailedPullRequest, PullRequestRows
from github_sync.entities.values import Row
from github_sync.errors import RowRefused
from github_sync.store.warehouse import Warehouse


def store_pull_requests(
    warehouse: Warehouse,
    repository_id: int,
    pull_requests: list[PullRequestRows],
    failures: Iterable[FailedPullRequest] = (),
) -> tuple[list[PullRequestRows], list[FailedPullRequest]]:
    """Store the pull requests with their children; record those that could not be stored.

    The number of statements does not depend on the number of pull requests. If Postgres refuses a
    row, each pull request gets statements of its own, so that only the bad one is left out.

    :param failures: pull requests that GitHub could not serve
    :returns: the stored ones, and all failed ones
    :raises SyncError: anything but a row's content went wrong; nothing is stored then
    """
    stored, refused = _store_together_or_singly(warehouse, repository_id, pull_requests)
    failed = [*failures, *refused]
    if failed:
        rows = json.dumps([asdict(failure) for failure in failed])
        warehouse.run("sync/upsert_sync_failures", repository_id=repository_id, failures=rows)
    return stored, failed


def _store_together_or_singly(
    warehouse: Warehouse, repository_id: int, pull_requests: list[PullRequestRows]
) -> tuple[list[PullRequestRows], list[FailedPullRequest]]:
    if not pull_requests:
        return [], []
    try:
        with warehouse.savepoint():
            _store(warehouse, repository_id, pull_requests)
    except RowRefused as refusal:
        if len(pull_requests) == 1:
            return [], [pull_requests[0].failed(str(refusal))]
    else:
        return pull_requests, []
    stored: list[PullRequestRows] = []
    failed: list[FailedPullRequest] = []
    for pull_request in pull_requests:
        one, refused = _store_together_or_singly(warehouse, repository_id, [pull_request])
        stored += one
        failed += refused
    return stored, failed


def _store(warehouse: Warehouse, repository_id: int, pull_requests: list[PullRequestRows]) -> None:
    people = {id_: person for one in pull_requests for id_, person in one.people.items()}
    warehouse.run("entities/users/upsert", rows=_json(people.values()))
    rows = {one.github_pr_id: one.pull_request for one in pull_requests}
    written = warehouse.run(
        PULL_REQUESTS.sql("upsert"), repository_id=repository_id, rows=_json(rows.values())
    )
    # A stored row that is newer than GitHub's answer keeps its children too.
    current = {row["github_pr_id"] for row in written}
    for child in CHILDREN:
        _store_child(
            warehouse, child, [one for one in pull_requests if one.github_pr_id in current]
        )


def _store_child(
    warehouse: Warehouse, child: KeptChild | ReplacedChild, pull_requests: list[PullRequestRows]
) -> None:
    ids = [one.github_pr_id for one in pull_requests]
    rows = {child.identity(row): row for one in pull_requests for row in one.children[child.table]}
    warehouse.run(child.sql(child.statement), pull_requests=ids, rows=_json(rows.values()))
    if isinstance(child, KeptChild) and child.refreshes_pull_requests:
        warehouse.run(child.sql("refresh_pull_requests"), pull_requests=ids)


def _json(rows: Iterable[Row]) -> str:
    return json.dumps(list(rows))
