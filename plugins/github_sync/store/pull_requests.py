"""Writes pull requests into the tables: with their reviews and people, inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from github_sync.entities.pull_request import Failure, PullRequestRows
from github_sync.errors import RowRefused
from github_sync.store.warehouse import Warehouse


def store_pull_requests(
    warehouse: Warehouse,
    repository_id: int,
    pull_requests: list[PullRequestRows],
    failures: Iterable[Failure] = (),
) -> tuple[list[PullRequestRows], list[Failure]]:
    """Store the pull requests with their reviews; note in the ledger those that could not be.

    A fixed number of statements, however many pull requests; if Postgres refuses a row, one set of
    statements for each pull request, so that only the bad one is left out.

    :param failures: pull requests that GitHub could not serve
    :returns: the stored ones, and all failed ones
    :raises SyncError: anything but a row's content went wrong; nothing is stored then
    """
    stored, refused = _store_together_or_singly(warehouse, repository_id, pull_requests)
    failed = [*failures, *refused]
    if failed:
        entries = json.dumps([asdict(failure) for failure in failed])
        warehouse.run("sync/upsert_sync_failures", repository_id=repository_id, failures=entries)
    if stored:
        ids = [pull_request.github_pr_id for pull_request in stored]
        warehouse.run("sync/delete_sync_failures", repository_id=repository_id, pull_requests=ids)
    return stored, failed


def _store_together_or_singly(
    warehouse: Warehouse, repository_id: int, pull_requests: list[PullRequestRows]
) -> tuple[list[PullRequestRows], list[Failure]]:
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
    failed: list[Failure] = []
    for pull_request in pull_requests:
        one, refused = _store_together_or_singly(warehouse, repository_id, [pull_request])
        stored += one
        failed += refused
    return stored, failed


def _store(warehouse: Warehouse, repository_id: int, pull_requests: list[PullRequestRows]) -> None:
    users = {id_: user for one in pull_requests for id_, user in one.users.items()}
    warehouse.run("entities/users/upsert", users=json.dumps(list(users.values())))
    rows = {one.github_pr_id: one.pull_request for one in pull_requests}
    written = warehouse.run(
        "entities/pull_requests/upsert",
        repository_id=repository_id,
        pull_requests=json.dumps(list(rows.values())),
    )
    # A row of the tables that is newer than GitHub's answer keeps its reviews too.
    current = {row["github_pr_id"] for row in written}
    _store_reviews(warehouse, [one for one in pull_requests if one.github_pr_id in current])


def _store_reviews(warehouse: Warehouse, pull_requests: list[PullRequestRows]) -> None:
    ids = [one.github_pr_id for one in pull_requests]
    reviews = {row["github_review_id"]: row for one in pull_requests for row in one.reviews}
    warehouse.run("entities/reviews/upsert", reviews=json.dumps(list(reviews.values())))
    warehouse.run("entities/reviews/suspect_unlisted", pull_requests=ids, reviews=list(reviews))
    warehouse.run("entities/reviews/refresh_pull_requests", pull_requests=ids)
