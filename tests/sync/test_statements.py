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
MOST = 6
"""Statements for one page, besides ENDS.

People, pull requests, reviews, first reviews, labels, progress.
"""
ENDS = ("begin", "savepoint", "release savepoint", "commit")
"""How the statements begin that begin and end a transaction, and its savepoint."""
NOTE_WATERMARKS = """
create table github.watermarks (at timestamptz);
create function github.note_watermark() returns trigger language plpgsql as $$
begin
    insert into github.watermarks values (now());
    return new;
end $$;
create trigger note_watermark after update on github.tracked_repositories for each row
when (new.last_sync_at is distinct from old.last_sync_at)
execute function github.note_watermark()
"""
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


def is_statement(text: str) -> bool:
    """Whether it does more than begin or end something."""
    return not text.lower().startswith(ENDS)


def test_a_page_is_one_transaction(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(with_history(world, pull_requests=250, reviews=2))
    syncing.sync(repository_id)

    found = pages(syncing, repository_id)

    assert len(found) == 3
    for page in found:
        text = "\n".join(page)
        assert page[-1].lower() == "commit"
        assert text.count(STORES_PULL_REQUESTS) == 1
        assert text.count("insert into github.users ") == 1
        assert text.count("insert into github.pull_request_reviews ") == 1
        assert text.count("update github.tracked_repositories") == 1
        assert text.count("update github.sync_attempts") == 1


def test_a_page_is_at_most_six_statements(world: World, syncing: Syncing) -> None:
    """Besides what begins and ends the transaction; its end marks what a full scan did not list."""
    repository_id = syncing.track(with_history(world, pull_requests=250, reviews=2))
    syncing.sync(repository_id)

    *first, last = (list(filter(is_statement, page)) for page in pages(syncing, repository_id))

    assert [len(page) for page in first] == [MOST] * 2
    assert len(last) == MOST + 1
    assert sum("set suspected_deleted_at" in text for text in last) == 2


def test_the_watermark_moves_with_the_last_page_only(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(with_history(world, pull_requests=250))
    syncing.database.rows(NOTE_WATERMARKS)

    found = pages(syncing, repository_id)

    moved = syncing.database.rows("select at from github.watermarks")
    assert (len(found), len(moved)) == (3, 1)
    [last] = syncing.database.rows("select max(synced_at) as at from github.pull_requests")
    [watermark] = syncing.database.rows("select at from github.watermarks")
    assert watermark == last, "in the transaction that stored the last page"


@pytest.mark.parametrize("reviews", [0, 5])
def test_its_statements_are_as_many_for_one_as_for_a_hundred(
    world: World, syncing: Syncing, reviews: int
) -> None:
    small = syncing.track(with_history(world, "acme/small", 1, reviews))
    large = syncing.track(with_history(world, "acme/large", 100, reviews))
    for repository_id in (small, large):
        syncing.sync(repository_id)

    [page_of_one], [page_of_a_hundred] = pages(syncing, small), pages(syncing, large)

    assert len(page_of_one) == len(page_of_a_hundred) <= MOST + len(ENDS) + 1


def test_a_page_with_a_bad_one_costs_a_few_for_each(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=20)
    newest(api, 1)[0].title = "refused"
    syncing.database.rows(
        "alter table github.pull_requests "
        "add constraint pull_requests_title_check check (title <> 'refused')"
    )

    [page] = pages(syncing, syncing.track(api))

    assert len(page) <= MOST + len(ENDS) + 20 * 9
    assert page[-1].lower() == "commit"


def test_an_unchanged_repository_costs_few_transactions(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(with_history(world, pull_requests=150))
    syncing.sync(repository_id)

    found = transactions(syncing, lambda: syncing.sync(repository_id))

    assert len(found) <= 12
    assert sum(map(len, found)) <= 44
