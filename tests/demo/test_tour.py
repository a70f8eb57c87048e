"""`make demo` with sample data: its report matches the tables."""

from __future__ import annotations

import re

import pytest

from demo.comparison import rest_requests
from github_server.sample_data import EMPTY, LOST, RENAMED_TO, TRACKED
from tests.demo.conftest import Command, Demo, Tours

# One process runs the commands once for all tests.
pytestmark = pytest.mark.xdist_group("tours")

LONGEST_SILENCE_SECONDS = 8
"""It prints every two seconds; a busy machine takes longer."""
LONGEST_LINE = 100


@pytest.fixture
def tour(tours: Tours) -> Command:
    """A whole one."""
    return tours.sample


QUERIES = {
    "first run": (
        "select full_name, mode, prs_synced, reviews_synced, requests "
        "from sync_attempts join tracked_repositories using (repository_id) "
        "where run_id = (select min(run_id) from sync_attempts)"
    ),
    "runs": (
        "select sum(prs_synced), sum(requests) from sync_attempts group by run_id order by run_id"
    ),
    "counts": (
        "select (select count(*) from pull_requests), (select count(*) from pull_request_reviews)"
    ),
    # Before "the next day", which is a day ahead of this machine's clock.
    "flow": (
        "select full_name, count(*) from pull_requests "
        "join tracked_repositories using (repository_id) "
        "where created_at < now() group by full_name"
    ),
    "longest open": (
        "select number from pull_requests where not is_draft and created_at < now() "
        "and (closed_at is null or closed_at > now()) order by created_at limit 5"
    ),
    "top reviewer": (
        "select login from pull_request_reviews "
        "join users on github_user_id = reviewer_id join pull_requests using (github_pr_id) "
        "where reviewer_id is distinct from author_id and type = 'User' "
        "and submitted_at < now() group by login order by count(*) desc limit 1"
    ),
}


Stored = dict[str, list[list[str]]]


@pytest.fixture(scope="module")
def stored(demo: Demo, tours: Tours) -> Stored:
    """The tables after the tour."""
    assert tours.sample.exit_code == 0, tours.sample.text
    return dict(zip(QUERIES, demo.queries(*QUERIES.values()), strict=True))


def test_ctrl_c_stops_everything(demo: Demo, interrupted: Command) -> None:
    assert interrupted.exit_code == 130
    assert interrupted.lines[-1].startswith("Interrupted.")
    assert "Traceback" not in interrupted.text
    assert demo.processes() == []


def test_it_succeeds_and_leaves_nothing_running(demo: Demo, tour: Command) -> None:
    assert tour.exit_code == 0, tour.text
    assert tour.lines[-1].startswith("✓ Everything worked as expected")
    assert demo.processes() == []


def test_it_is_plain_without_a_terminal(tour: Command) -> None:
    assert "\x1b" not in tour.text
    assert not set(tour.text) & set("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    assert max(map(len, tour.lines)) <= LONGEST_LINE


def test_it_is_never_silent_for_long(tour: Command) -> None:
    assert max(tour.silences) < LONGEST_SILENCE_SECONDS


def test_each_step_says_how_long_it_took(tour: Command) -> None:
    steps = [line for line in tour.lines if re.match(r"✓ .* \d+\.\d s$", line)]
    titles = ("PostgreSQL", "GitHub API server", "Airflow's metadata", "Track 6", "First", "Second")
    for title, step in zip(titles, steps, strict=True):
        assert title in step


def test_it_names_the_sample_data(tour: Command) -> None:
    assert "SAMPLE DATA" in "\n".join(tour.lines[:5])


def test_the_first_run_is_reported_correctly(tour: Command, stored: Stored) -> None:
    *rows, total = tour.section("Result")
    reported = {row[0]: row[1:] for row in rows}
    assert len(reported) == len(TRACKED)
    assert RENAMED_TO in reported
    for full_name, mode, *counts in stored["first run"]:
        outcome = "✗ failed" if full_name == LOST else "✓ complete"
        assert reported[full_name][:5] == [outcome, mode, *counts]
    sums = [sum(int(row[column]) for row in stored["first run"]) for column in (2, 3, 4)]
    assert total[1:4] == [f"{value:,}" for value in sums]


def test_the_failed_repository_is_explained(tour: Command) -> None:
    panel = tour.prose.partition(f"✗ {LOST}: RepositoryNotFound")[2].partition("╰")[0]
    assert "Grant the token access to it" in panel
    assert "This failure is part of the sample" in panel


def test_the_second_run_fetches_what_changed(tour: Command, stored: Stored) -> None:
    changed = [cell for row in tour.section("The next day") for cell in row[1].split(", ")]
    *rows, total = tour.section("Result of the second run")
    assert total[1] == str(len(changed))
    # Nothing is stored yet of the empty repository.
    assert {row[2] for row in rows if row[0] not in (LOST, EMPTY)} == {"incremental"}
    assert f"✓ {len(changed)} pull requests changed; {len(changed)} were fetched." in tour.text
    assert [total[1], total[3]] == stored["runs"][1]


def test_the_tables_equal_the_sample(tour: Command, stored: Stored) -> None:
    pull_requests, reviews = (f"{int(value):,}" for value in stored["counts"][0])
    assert f"the tables have {pull_requests} and {reviews}." in tour.text
    assert f"✓ GitHub has {pull_requests} pull requests and {reviews} reviews" in tour.text


def test_it_answers_an_analysts_questions(tour: Command, stored: Stored) -> None:
    flow = {row[0]: row[1:] for row in tour.section("How fast do we review and merge?")}
    assert {name: cells[0] for name, cells in flow.items()} == dict(stored["flow"])
    assert all(float(cell) > 0 for cells in flow.values() for cell in cells[-2:])
    waiting = tour.section("Which pull requests have been open longest?")
    assert [[row[1].partition("#")[2]] for row in waiting] == stored["longest open"]
    assert tour.section("Who reviews most?")[0][0] == stored["top reviewer"][0][0]


def test_requests_are_compared_with_rest(tour: Command, stored: Stored) -> None:
    rows = tour.section("Requests to GitHub")
    assert [row[0] for row in rows] == ["First run", "Second run"]
    assert [row[1] for row in rows] == [requests for _, requests in stored["runs"]]
    assert "(computed, not run)" in tour.text
    assert rest_requests(100) == 405, "as counted by running it"


def test_it_lists_next_steps(tour: Command) -> None:
    ending = "\n".join(tour.lines[-8:])
    for command in ("-m demo psql", "make up", "make test", "docs/deploying.md"):
        assert command in ending


def test_the_picture_is_the_report(demo: Demo, tour: Command) -> None:
    picture = (demo.folder / "picture.svg").read_text(encoding="utf-8").replace("&#160;", " ")
    assert "Result of the second run" in picture
    assert "https://cdn" not in picture


def test_airflow_writes_to_the_log(demo: Demo, tour: Command) -> None:
    log = (demo.folder / "demo.log").read_text(encoding="utf-8")
    assert "pull requests, " in log
    assert "INFO" not in tour.text
    assert "WARNING" not in tour.text
