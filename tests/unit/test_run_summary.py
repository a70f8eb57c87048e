"""The summary of one run, from Airflow's states and the attempts' rows."""

from __future__ import annotations

from typing import Any

import pytest

from github_sync.tasks.run_summary import (
    Instance,
    RunRecords,
    instances,
    summarize,
    verdict,
    without_list,
)

TASK = "sync_repository"


def listed(*names: str) -> list[dict[str, Any]]:
    return [{"repository_id": n, "full_name": name} for n, name in enumerate(names, 1)]


def attempt(status: str, **columns: Any) -> dict[str, Any]:
    counts = {"prs_synced": 0, "reviews_synced": 0, "requests": 0}
    return {"status": status, "error_message": None} | counts | columns


def test_an_instance_is_found_by_its_place() -> None:
    states = {f"{TASK}_0": "success", f"{TASK}_1": "failed", "list": "success"}
    assert instances(listed("a/a", "b/b"), states, TASK) == [
        Instance(1, "a/a", 0, "success"),
        Instance(2, "b/b", 1, "failed"),
    ]


@pytest.mark.parametrize("states", [{}, {f"{TASK}_0": "removed"}, {f"{TASK}_0": ""}])
def test_what_airflow_removed_was_never_dispatched(states: dict[str, str]) -> None:
    assert instances(listed("a/a"), states, TASK) == []


@pytest.mark.parametrize(
    ("state", "last", "expected"),
    [
        ("success", attempt("complete"), "complete"),
        ("success", attempt("skipped"), "skipped"),
        ("success", None, "skipped"),
        ("success", attempt("killed"), "error"),
        ("success", attempt("error"), "error"),
        ("success", attempt("running"), "error"),
        ("failed", attempt("error"), "error"),
        ("failed", attempt("complete"), "error"),
        ("failed", None, "error"),
        ("upstream_failed", None, "error"),
        ("skipped", None, "error"),
        ("running", attempt("running"), "error"),
        ("up_for_reschedule", attempt("waiting"), "error"),
    ],
)
def test_a_verdict_needs_airflows_state_and_our_attempt(
    state: str, last: dict[str, Any] | None, expected: str
) -> None:
    assert verdict(Instance(1, "a/a", 0, state), last) == expected


def test_the_summary_counts_and_names() -> None:
    found = [
        Instance(number, f"{name}/{name}", number - 1, state)
        for number, (name, state) in enumerate(
            [("a", "success"), ("b", "failed"), ("c", "success"), ("d", "failed")], 1
        )
    ]
    attempts = {
        1: attempt("complete", prs_synced=5, reviews_synced=7, requests=2),
        2: attempt("error", prs_synced=1, requests=4, error_message="b/b: away"),
        3: attempt("skipped", error_message="Another task is syncing it at this moment."),
    }

    assert summarize(found, RunRecords(attempts, prs_failed=3), ["p/p"]) == {
        "repos_dispatched": 4,
        "repos_skipped": 2,
        "repos_complete": 1,
        "repos_error": 2,
        "prs_synced": 6,
        "reviews_synced": 7,
        "requests": 6,
        "prs_failed": 3,
        "errors": [
            {"repository": "b/b", "reason": "b/b: away"},
            {
                "repository": "d/d",
                "reason": "The task instance failed without recording an error; see its log.",
            },
        ],
        "incomplete": [],
        "drift": [],
        "skipped": [
            {"repository": "p/p", "reason": "It is paused."},
            {"repository": "c/c", "reason": "Another task is syncing it at this moment."},
        ],
    }


def test_a_complete_repository_with_failures_is_never_plain_green() -> None:
    said = "Complete with 1 failure: #7 could not be stored."
    attempts = {1: attempt("complete", error_message=said), 2: attempt("complete")}
    found = [Instance(1, "a/a", 0, "success"), Instance(2, "b/b", 1, "success")]

    summary = summarize(found, RunRecords(attempts, prs_failed=1), [])

    assert summary["repos_complete"] == 2
    assert summary["incomplete"] == [{"repository": "a/a", "reason": said}]
    assert summary["errors"] == []


@pytest.mark.parametrize(
    ("columns", "what_to_do"),
    [
        ({}, "full_resync repairs it, unless GitHub counts what it does not list."),
        ({"prs_failed": 1}, "1 could not be stored (sync_failures): that is a part of it."),
        ({"is_all_read": True}, "A full scan has just read all that GitHub lists"),
    ],
)
def test_a_drift_names_the_states_that_differ(columns: dict[str, object], what_to_do: str) -> None:
    same = {"github_merged_prs": 9, "stored_merged_prs": 9}
    differing = {"github_open_prs": 3, "stored_open_prs": 2, "github_closed_prs": 0}
    row = {"full_name": "a/a", "stored_closed_prs": 1, **same, **differing}
    row |= {"prs_failed": 0, "is_all_read": False} | columns

    [drift] = summarize([], RunRecords(drift=[row]), [])["drift"]

    assert drift["repository"] == "a/a"
    counts = "GitHub counts 3 open (stored: 2), 0 closed (stored: 1). "
    assert drift["reason"].startswith(counts + what_to_do)


def test_a_run_without_anything_to_do_has_a_summary_of_zeros() -> None:
    summary = summarize([], RunRecords(), [])
    assert {value for value in summary.values() if isinstance(value, int)} == {0}
    assert (summary["errors"], summary["skipped"]) == ([], [])


def test_a_run_without_a_list_says_whose_log_to_read() -> None:
    summary = without_list("list_active_repositories did not succeed.")
    assert summary["repos_dispatched"] == 0
    [error] = summary["errors"]
    assert "list_active_repositories" in error["reason"]
