"""The seventeen defects of the job that this package replaces, and where each is kept away.

It was a Celery job on GitHub's REST API. Each of these lost data, time or sleep; none may return.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from github_server import World
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

TESTS = Path(__file__).parents[1]

# The defect's number: what went wrong, and the tests (file::name) that would show it again.
DEFECTS: dict[int, tuple[str, list[str]]] = {
    1: (
        "The watermark was now() after the fetch: what changed in between was lost for good.",
        [
            "sync/test_incremental_sync.py::test_the_watermark_is_the_start_of_the_pass_not_its_end",
            "sync/test_incremental_sync.py::test_changes_made_while_paging_are_there_after_the_next_sync",
        ],
    ),
    2: (
        "Errors of single pull requests were swallowed; the status said complete.",
        [
            "sync/test_failed_pull_requests.py::test_one_that_github_cannot_serve",
            "sync/test_failed_pull_requests.py::test_it_is_stored_by_the_next_sync_that_can",
        ],
    ),
    3: (
        "About four requests for each pull request, one for each changed plain issue.",
        [
            "sync/test_incremental_sync.py::test_what_changed_costs_one_request_for_each_hundred",
            "sync/test_incremental_sync.py::test_plain_issues_cost_nothing",
        ],
    ),
    4: (
        "A pull request of a deleted user aborted its repository, every day.",
        ["sync/test_people_and_text.py::test_ghosts_everywhere"],
    ),
    5: (
        "A deleted user's review, or a pending one, lost all reviews of its pull request.",
        [
            "sync/test_people_and_text.py::test_ghosts_everywhere",
            "sync/test_reviews.py::test_every_state",
        ],
    ),
    6: (
        "The whole history was in memory before the first write; a crash started from zero.",
        [
            "sync/test_kills.py::test_a_process_that_is_killed",
            "sync/test_interruptions.py::test_a_first_sync_goes_on_behind_its_last_stored_page",
        ],
    ),
    7: (
        "A stale row was saved: an operator's pause during the run was undone.",
        ["sync/test_stepping_aside.py::test_pausing_during_a_sync_stays"],
    ),
    8: (
        "GitHub's id was documented as the number; number and address were not stored.",
        ["sync/test_seed_defects.py::test_id_number_and_address_are_three_things"],
    ),
    9: (
        "Authors unknown to it were NULL for good; much was fetched and dropped.",
        [
            "sync/test_people_and_text.py::test_kinds_of_accounts",
            "sync/test_first_sync.py::test_stores_everything_and_moves_the_watermark",
        ],
    ),
    10: (
        "Keyed by name: a rename duplicated every pull request.",
        ["sync/test_names.py::test_a_renamed_repository_is_followed"],
    ),
    11: (
        "401 and 404 were tried again, without a word why; a killed worker left syncing for ever.",
        [
            "sync/test_github_failures.py::test_what_no_retry_can_fix_fails_at_once",
            "sync/test_kills.py::test_a_process_that_is_killed",
            "dags/test_reconciliation.py::test_a_killed_instance_is_recorded_and_reported_by_the_runs_last_task",
        ],
    ),
    12: (
        "After the final failure the task itself was green.",
        [
            "dags/test_sync_failures.py::test_one_failing_repository_stops_no_other_and_turns_the_run_red"
        ],
    ),
    13: (
        "Nothing kept two syncs of one repository apart.",
        [
            "sync/test_stepping_aside.py::test_a_second_sync_of_the_same_repository_steps_aside",
            "sync/test_stepping_aside.py::test_the_lock_dies_with_its_holder",
        ],
    ),
    14: (
        "The author's own reviews and those of bots counted as the first review.",
        ["sync/test_derived_columns.py::test_whose_review_is_the_first"],
    ),
    15: (
        "Status and error were stored and shown nowhere.",
        [
            "dags/test_sync_failures.py::test_one_failing_repository_stops_no_other_and_turns_the_run_red",
            "dags/test_sync_run.py::test_the_results_have_the_documented_keys",
        ],
    ),
    16: (
        "Its tests put a mock in GitHub's place, so that 3 to 5 could not show.",
        ["sync/test_seed_defects.py::test_no_test_puts_a_mock_in_the_place_of_a_real_part"],
    ),
    17: (
        "A repository with issues disabled failed for ever.",
        ["sync/test_people_and_text.py::test_repositories_in_every_state_keep_their_history"],
    ),
}


@pytest.mark.parametrize("number", range(1, 18))
def test_every_defect_has_its_tests(number: int) -> None:
    what, tests = DEFECTS[number]
    assert tests, what
    for test in tests:
        file, name = test.split("::")
        source = (TESTS / file).read_text(encoding="utf-8")
        assert f"\ndef {name}(" in source, f"{test} is gone, which would show: {what}"


def test_id_number_and_address_are_three_things(world: World, syncing: Syncing) -> None:
    api = with_history(world)
    pull_request = api.pull_request(number=4711, created_at=START)

    syncing.sync(syncing.track(api))

    row = syncing.database.one(
        "select github_pr_id, number, html_url from github.pull_requests where number = 4711"
    )
    assert row == {
        "github_pr_id": pull_request.database_id,
        "number": 4711,
        "html_url": "https://github.example/acme/api/pull/4711",
    }
    assert pull_request.database_id != 4711


def test_no_test_puts_a_mock_in_the_place_of_a_real_part() -> None:
    """GitHub, Postgres and Airflow are real in all tests; a stand-in agrees with any mistake."""
    stand_ins = re.compile(
        r"^\s*(?:from|import) (?:unittest\.mock|unittest import mock|mock|pytest_mock|responses"
        r"|requests_mock|respx|vcr|httpretty)\b",
        re.MULTILINE,
    )
    files = sorted(TESTS.rglob("*.py"))
    assert Path(__file__) in files

    guilty = [
        str(file.relative_to(TESTS))
        for file in files
        if stand_ins.search(file.read_text(encoding="utf-8"))
    ]

    assert guilty == [], "use the fixtures github_server and database instead"
