"""GitHub's own counts beside ours: what differs is seen, and a full resync repairs it."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from github_server import ALWAYS, Fault, World
from github_sync.sync.drift import differences, remedy
from tests.fixtures.syncing import Syncing
from tests.sync.failures import fail
from tests.sync.histories import DAY, is_later_page, newest, with_history


def drift(syncing: Syncing) -> list[dict[str, Any]]:
    return syncing.database.rows("select * from github.repository_drift")


def test_none_after_a_sync_and_none_after_changes(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=130)
    repository_id = syncing.track(api)
    assert syncing.sync(repository_id)["requests"] == 2, "the counts come with the pages"
    assert drift(syncing) == []
    world.clock.advance(DAY)
    first, second, third = newest(api, 3)
    first.merge()
    second.close()
    third.update(title="changed")
    api.pull_request("feat: new")

    syncing.sync(repository_id)

    assert drift(syncing) == []
    counts = syncing.tracked(repository_id)
    assert [counts[f"github_{state}_prs"] for state in ("open", "closed", "merged")] == [129, 1, 1]
    assert counts["counted_at"] is not None


@pytest.mark.parametrize(
    ("tampering", "differs"),
    [
        ("delete from github.pull_requests where number = 2", ("open", 3, 2)),
        ("update github.pull_requests set state = 'merged' where number = 2", ("merged", 0, 1)),
        ("update github.pull_requests set deleted_at = now() where number = 2", ("open", 3, 2)),
        (
            "insert into github.pull_requests (github_pr_id, github_node_id, repository_id, "
            "number, title, body, state, is_draft, created_at, updated_at, base_ref, head_ref, "
            "head_sha, "
            "additions, deletions, changed_files, commits_count, html_url, synced_at) "
            "select 77, 'PR_none', repository_id, 99, title, body, 'closed', is_draft, created_at, "
            "updated_at, base_ref, head_ref, head_sha, 1, 1, 1, 1, html_url, synced_at "
            "from github.pull_requests where number = 2",
            ("closed", 0, 1),
        ),
    ],
)
def test_whatever_differs_is_named_and_repaired(
    world: World, syncing: Syncing, tampering: str, differs: tuple[str, int, int]
) -> None:
    api = with_history(world, pull_requests=3)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)

    syncing.database.rows(tampering)

    [row] = drift(syncing)
    state, on_github, in_the_table = differs
    assert (row[f"github_{state}_prs"], row[f"stored_{state}_prs"]) == (on_github, in_the_table)
    assert row["full_name"] == api.full_name
    syncing.sync(repository_id, full_resync=True)
    assert drift(syncing) == []
    syncing.assert_equal(api)


def test_recorded_failures_explain_it(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=3)
    fault = fail(world, 2)
    repository_id = syncing.track(api)

    result = syncing.sync(repository_id)

    assert result["status"] == "complete with 1 failure"
    [row] = drift(syncing)
    assert (row["github_open_prs"], row["stored_open_prs"], row["prs_failed"]) == (3, 2, 1)
    assert syncing.tracked(repository_id)["prs_failed"] == 1
    world.faults.remove(fault)
    assert syncing.sync(repository_id)["status"] == "complete"
    assert drift(syncing) == []
    assert syncing.tracked(repository_id)["prs_failed"] == 0


def test_what_changes_during_a_scan_is_caught_up_and_counted(
    world: World, syncing: Syncing
) -> None:
    api = with_history(world, pull_requests=250)

    def work() -> None:
        world.clock.advance(60)
        newest(api, 1)[0].merge()
        api.pull_requests[200].close()
        api.pull_request("feat: opened meanwhile")

    world.faults.add(Fault(variables=is_later_page, before_answer=work, times=1))

    result = syncing.sync(syncing.track(api))

    assert result["requests"] == 4, "three pages, and one for what changed meanwhile"
    syncing.assert_equal(api)
    assert drift(syncing) == []


def test_counts_are_not_kept_while_everything_moves(world: World, syncing: Syncing) -> None:
    """Rather no counts than false ones: the tables are of one moment, the counts of another."""
    api = with_history(world, pull_requests=250)

    def work() -> None:
        world.clock.advance(60)
        for pull_request in newest(api, 250):
            pull_request.update()
        api.pull_requests[200].merge()

    world.faults.add(Fault(variables=is_later_page, before_answer=work, times=ALWAYS))
    repository_id = syncing.track(api)

    syncing.sync(repository_id)

    assert syncing.tracked(repository_id)["counted_at"] is None
    assert drift(syncing) == []
    world.faults.clear()
    world.clock.advance(DAY)
    syncing.sync(repository_id)
    assert syncing.tracked(repository_id)["counted_at"] is not None
    syncing.assert_equal(api)


TAMPERINGS = {
    "later than GitHub's": "update github.pull_requests set updated_at = '2099-01-01', title = 'x'",
    "numbers exchanged": """
        update github.pull_requests set number = number + 1000 where number <= 2;
        update github.pull_requests set number = 1003 - number where number > 1000
    """,
    "another row has the number": """
        update github.pull_requests set number = 77 where number = 1;
        insert into github.pull_requests (github_pr_id, github_node_id, repository_id, number,
            title, body, state, is_draft, created_at, updated_at, base_ref, head_ref, head_sha,
            additions, deletions, changed_files, commits_count, html_url)
        select 55, 'PR_none', repository_id, 1, title, body, state, is_draft, created_at,
            updated_at, base_ref, head_ref, head_sha, 1, 1, 1, 1, html_url
        from github.pull_requests where number = 2
    """,
    "a row of another repository": """
        insert into github.tracked_repositories (full_name, is_active) values ('acme/other', false);
        update github.pull_requests
        set repository_id = (select max(repository_id) from github.tracked_repositories)
        where number = 2
    """,
    "states and marks": """
        update github.pull_requests
        set state = 'closed', deleted_at = now(), first_review_at = null;
        update github.pull_request_reviews set deleted_at = now(), state = 'pending', body = ''
    """,
    "children lost": """
        delete from github.pull_request_reviews;
        delete from github.pull_request_labels
    """,
    "children that GitHub never had": """
        insert into github.pull_request_labels (github_pr_id, github_label_id, name, color)
        select github_pr_id, 'LA_none', 'none', '000000' from github.pull_requests;
        update github.pull_request_labels set name = 'other'
    """,
    "people": "update github.users set login = 'someone', type = 'Bot'",
    "ids": """
        update github.pull_requests set github_node_id = 'PR_none';
        update github.pull_request_reviews set github_node_id = 'PRR_none'
    """,
    "no row at all": "truncate github.users cascade",
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_full_resync_repairs_whatever_differs(
    world: World, syncing: Syncing, tampering: str
) -> None:
    api = with_history(world, pull_requests=6, reviews=2)
    for pull_request in api.pull_requests.values():
        pull_request.add_label(api.label("bug"))
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    syncing.database.rows(f"do $$ begin {TAMPERINGS[tampering]}; end $$")

    result = syncing.sync(repository_id, full_resync=True)

    assert result["status"] == "complete"
    syncing.assert_equal(api)
    assert drift(syncing) == []


def test_what_github_counts_but_does_not_list_is_not_promised_a_repair(
    world: World, syncing: Syncing
) -> None:
    api = with_history(world, pull_requests=3)

    def count_one_more(answer: dict[str, Any], _: object) -> None:
        (answer["data"].get("node") or answer["data"]["repository"])["open"]["totalCount"] += 1

    world.faults.add(Fault(operation="ChangedPullRequests", edit=count_one_more, times=ALWAYS))
    repository_id = syncing.track(api)
    remedies = []
    for full_resync in (False, True):
        world.clock.advance(DAY)
        syncing.sync(repository_id)
        syncing.sync(repository_id, full_resync=full_resync)
        with closing(syncing.database.warehouse()) as warehouse, warehouse.transaction():
            [row] = warehouse.run("runs/find_drift", repositories=[repository_id])
        remedies.append(remedy(row))

    assert differences(row) == [("open", 4, 3)]
    assert "full_resync repairs it, unless GitHub counts what it does not list" in remedies[0]
    assert "GitHub counts what it does not list" in remedies[1]
    assert "repairs" not in remedies[1]
