"""Writes pull requests into the tables, with their children and people, within one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass

from github_sync.entities import CHILDREN, PULL_REQUESTS
from github_sync.entities.child import KeptChild, ReplacedChild
from github_sync.entities.pull_request import FailedPullRequest, PullRequestRows
from github_sync.entities.values import Row
from github_sync.errors import RowRefused
from github_sync.store.refused_values import keep_refused_values
from github_sync.store.warehouse import Warehouse


def store_pull_requests(
    warehouse: Warehouse,
    repository_id: int,
    pull_requests: list[PullRequestRows],
    failures: Iterable[FailedPullRequest] = (),
    *,
    overwrite: bool = False,
) -> tuple[list[PullRequestRows], list[FailedPullRequest]]:
    """Store the pull requests with their children; record those that could not be stored.

    The number of statements does not depend on the number of pull requests. If Postgres refuses a
    row, each pull request gets statements of its own, so that only the bad one is left out.

    :param failures: pull requests that GitHub could not serve
    :param overwrite: also a stored row with a later ``updated_at``; a full scan repairs all
    :returns: the stored ones, and all failed ones
    :raises SyncError: anything but a row's content went wrong; nothing is stored then
    """
    target = _Target(warehouse, repository_id, overwrite)
    stored, refused = _store_together_or_singly(target, pull_requests)
    failed = [*failures, *refused]
    if failed:
        rows = json.dumps([asdict(failure) for failure in failed])
        warehouse.run("sync/upsert_sync_failures", repository_id=repository_id, failures=rows)
    return stored, failed


@dataclass(frozen=True)
class _Target:
    """Where the rows are stored, and whether they replace newer ones."""

    warehouse: Warehouse
    repository_id: int
    overwrite: bool


def _store_together_or_singly(
    target: _Target, pull_requests: list[PullRequestRows]
) -> tuple[list[PullRequestRows], list[FailedPullRequest]]:
    if not pull_requests:
        return [], []
    with suppress(RowRefused):
        _store(target, pull_requests)
        return pull_requests, []
    results = [(one, _refusal(target, one)) for one in pull_requests]
    return (
        [one for one, refusal in results if refusal is None],
        [one.failed(str(refusal)) for one, refusal in results if refusal],
    )


def _refusal(target: _Target, pull_request: PullRequestRows) -> RowRefused | None:
    """Store one; what Postgres refuses of it, if anything."""
    try:
        _store(target, [pull_request])
    except RowRefused as refusal:
        return _refusal_of_overwriting(target, pull_request) if target.overwrite else refusal
    return None


def _refusal_of_overwriting(target: _Target, pull_request: PullRequestRows) -> RowRefused | None:
    """The same, once no other row has its number."""
    try:
        _free_number(target, pull_request)
        _store(target, [pull_request])
    except RowRefused as refusal:
        return refusal
    return None


def _free_number(target: _Target, pull_request: PullRequestRows) -> None:
    with target.warehouse.savepoint():
        target.warehouse.run(
            PULL_REQUESTS.sql("free_number"),
            repository_id=target.repository_id,
            number=pull_request.pull_request["number"],
            github_pr_id=pull_request.github_pr_id,
        )


def _store(target: _Target, pull_requests: list[PullRequestRows]) -> None:
    """All of them or nothing.

    :raises RowRefused: Postgres refuses one of the rows
    """
    with target.warehouse.savepoint():
        _write(target, pull_requests)


def _write(target: _Target, pull_requests: list[PullRequestRows]) -> None:
    warehouse = target.warehouse
    keep_refused_values(warehouse, pull_requests)
    people = {id_: person for one in pull_requests for id_, person in one.people.items()}
    warehouse.run("entities/users/upsert", rows=_json(people.values()))
    rows = {one.github_pr_id: one.pull_request for one in pull_requests}
    written = warehouse.run(
        PULL_REQUESTS.sql("upsert"),
        repository_id=target.repository_id,
        rows=_json(rows.values()),
        overwrite=target.overwrite,
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
    served = [one for one in pull_requests if child.table in one.children]
    rows = {child.identity(row): row for one in served for row in one.children[child.table]}
    # Of a list that is not complete, nothing that it lacks is gone.
    complete = [one.github_pr_id for one in served if child.table not in one.incomplete]
    warehouse.run(child.sql(child.statement), pull_requests=complete, rows=_json(rows.values()))
    if isinstance(child, KeptChild) and child.refreshes_pull_requests:
        ids = [one.github_pr_id for one in served]
        warehouse.run(child.sql("refresh_pull_requests"), pull_requests=ids)


def _json(rows: Iterable[Row]) -> str:
    return json.dumps(list(rows))
