"""A page is one transaction of a fixed number of statements, counted in Postgres's own log."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from github_server import World
from tests.fixtures.syncing import Syncing
from tests.sync.histories import newest, with_history

LOGGED = re.compile(
    r"LOG:  (?:statement|execute [^:]+): (.*?)(?=\n[^\n\t]*(?:LOG|DETAIL):  |\Z)", re.DOTALL
)
MOST = 18
"""Statements for one page, begin and commit among them."""
STORES_PULL_REQUESTS = "insert into github.pull_requests "


def transactions(syncing: Syncing, work: Callable[[], object]) -> list[list[str]]:
    """The statements that Postgres ran meanwhile, by transaction."""
    database = syncing.database
    database.rows(f"alter database {database.name} set log_statement = 'all'")
    log = Path(database.socket_folder) / "log"
    before = log.stat().st_size
    work()
    statements = LOGGED.findall(log.read_bytes()[before:].decode())
    starts = [index for index, text in enumerate(statements) if text.lower().startswith("begin")]
    return [statements[start:end] for start, end in pairwise([*starts, len(statements)])]


def pages(syncing: Syncing, repository_id: int) -> list[list[str]]:
    """One sync's transactions that store pull requests."""
    found = transactions(syncing, lambda: syncing.sync(repository_id, full_resync=True))
    return [one for one in found if any(STORES_PULL_REQUESTS in text for text in one)]


def test_a_page_is_one_transaction(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(with_history(world, pull_requests=250, reviews=2))

    found = pages(syncing, repository_id)

    assert len(found) == 3
    for page in found:
        text = "\n".join(page)
        assert page[-1].lower() == "commit"
        assert text.count(STORES_PULL_REQUESTS) == 1
        assert text.count("insert into github.users ") == 1
        assert text.count("insert into github.pull_request_reviews ") == 1
        assert text.count("scan_cursor = ") == 1, "the checkpoint is moved, or dropped at the end"
        assert text.count("last_sync_at = ") == (page is found[-1])


@pytest.mark.parametrize("reviews", [0, 5])
def test_its_statements_are_as_many_for_one_as_for_a_hundred(
    world: World, syncing: Syncing, reviews: int
) -> None:
    small = syncing.track(with_history(world, "acme/small", 1, reviews))
    large = syncing.track(with_history(world, "acme/large", 100, reviews))

    [page_of_one], [page_of_a_hundred] = pages(syncing, small), pages(syncing, large)

    assert len(page_of_one) == len(page_of_a_hundred) <= MOST


def test_a_page_with_a_bad_one_costs_a_few_for_each(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=20)
    newest(api, 1)[0].title = "refused"
    syncing.database.rows(
        "alter table github.pull_requests "
        "add constraint pull_requests_title_check check (title <> 'refused')"
    )

    [page] = pages(syncing, syncing.track(api))

    assert len(page) <= MOST + 20 * 9
    assert page[-1].lower() == "commit"


def test_an_unchanged_repository_costs_few_transactions(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(with_history(world, pull_requests=150))
    syncing.sync(repository_id)

    found = transactions(syncing, lambda: syncing.sync(repository_id))

    assert len(found) <= 11
    assert sum(map(len, found)) <= 44
