"""Repositories that fail: which ones, how often they are tried, and what is left to read."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from github_server import ALWAYS, SAMPLE_TOKEN, Fault, Repository, World
from github_server.known_faults import bad_gateway, secondary_limit
from github_sync.api.client import TRIES
from github_sync.api.page_size import LARGEST_PAGE
from tests.fixtures.airflow import Airflow
from tests.truth import stored, truth

OnGitHub = Callable[..., list[Repository]]
EVERY_TRY = 4
"""The first one and three retries."""
REQUESTS_OF_A_TRY = TRIES + int(math.log2(LARGEST_PAGE)) + 2
"""For smaller and smaller pages, in case they are too much; for one without what is optional; then
whether GitHub is there."""


def about(repository: Repository, **how: Any) -> Fault:
    """A fault of the requests about one repository only."""
    names = {repository.id, *repository.full_name.split("/")[1:]}
    return Fault(variables=lambda given: not names.isdisjoint(map(str, given.values())), **how)


def test_one_failing_repository_stops_no_other_and_turns_the_run_red(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    api, gone, web = on_github("acme/api", "acme/gone", "acme/web")
    airflow.add("acme/api", "acme/gone", "acme/web")
    world.delete_repository(gone)

    run = airflow.sync()

    assert run.state == "failed"
    assert run.of("acme/gone", run.states) == "failed", "never green after the final failure"
    assert run.states["summarize_run"] == "failed"
    for repository in (api, web):
        assert run.of(repository.full_name, run.states) == "success"
        assert stored(airflow.database, repository) == truth(repository)
    counts = ("repos_dispatched", "repos_skipped", "repos_complete", "repos_error", "prs_synced")
    assert [run.summary[count] for count in counts] == [3, 0, 2, 1, 2]
    row = airflow.tracked("acme/gone")
    assert row["sync_status"] == "error"
    assert run.summary["errors"] == [
        {"repository": "acme/gone", "reason": row["last_sync_error"]}
    ], "what the tables say is in the result too"
    assert f"- {row['last_sync_error']}" in run.log, "and in the log of the red task"


def bad_credentials(world: World, repository: Repository) -> None:
    world.faults.add(about(repository, status=401, body={"message": "Bad credentials"}, times=2))


def deleted(world: World, repository: Repository) -> None:
    world.delete_repository(repository)


def behind_single_sign_on(world: World, repository: Repository) -> None:
    world.token(SAMPLE_TOKEN, sso_blocked_orgs=[repository.owner.login])


def forbidden(world: World, repository: Repository) -> None:
    message = "Resource not accessible by personal access token"
    world.faults.add(about(repository, status=403, body={"message": message}))


@pytest.mark.parametrize(
    ("happens", "kind", "remedy"),
    [
        (bad_credentials, "BadCredentials", "github_default"),
        (deleted, "RepositoryNotFound", "track_github_repositories"),
        (behind_single_sign_on, "AccessDenied", "single sign-on"),
        (forbidden, "AccessDenied", "read access"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_no_retry_can_fix_fails_at_once_and_says_what_to_do(
    happens: Callable[[World, Repository], None],
    kind: str,
    remedy: str,
    airflow: Airflow,
    on_github: OnGitHub,
) -> None:
    [api] = on_github("acme/api")
    airflow.add("acme/api")
    happens(airflow.world, api)
    requests = airflow.world.requests

    run = airflow.sync()

    assert run.of("acme/api", run.tries) == 1
    # More, to look for it by its name and its database id, or whether GitHub refuses the token only
    # for a moment.
    more = {"RepositoryNotFound": 2, "BadCredentials": 1}.get(kind, 0)
    assert airflow.world.requests == requests + 1 + more
    [attempt] = airflow.attempts("acme/api")
    assert (attempt["status"], attempt["error_class"], attempt["is_final"]) == ("error", kind, True)
    error = airflow.tracked("acme/api")["last_sync_error"]
    assert error == attempt["error_message"]
    assert "acme/api" in error
    assert remedy in error


def test_a_lasting_outage_is_tried_three_times_again_and_then_is_an_error(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    api, web = on_github("acme/api", "acme/web")
    airflow.add("acme/api", "acme/web")
    world.faults.add(about(api, status=502, times=ALWAYS))

    run = airflow.sync()

    assert run.state == "failed"
    assert run.of("acme/api", run.tries) == EVERY_TRY
    attempts = airflow.attempts("acme/api")
    assert [attempt["try_number"] for attempt in attempts] == [1, 2, 3, 4]
    assert {attempt["status"] for attempt in attempts} == {"error"}
    assert [attempt["is_final"] for attempt in attempts] == [False, False, False, True]
    assert {attempt["requests"] for attempt in attempts} == {REQUESTS_OF_A_TRY}
    row = airflow.tracked("acme/api")
    assert row["sync_status"] == "error"
    assert "acme/api" in row["last_sync_error"]
    assert "HTTP 502" in row["last_sync_error"]
    assert (run.summary["repos_complete"], run.summary["repos_error"]) == (1, 1)
    assert stored(airflow.database, web) == truth(web)


def test_an_outage_that_ends_costs_retries_and_nothing_else(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    [api] = on_github("acme/api")
    airflow.add("acme/api")
    world.faults.add(bad_gateway(times=REQUESTS_OF_A_TRY * 3))

    run = airflow.sync()

    assert (run.state, run.of("acme/api", run.tries)) == ("success", EVERY_TRY)
    statuses = [attempt["status"] for attempt in airflow.attempts("acme/api")]
    assert statuses == ["error", "error", "error", "complete"]
    assert run.summary["repos_complete"] == 1
    assert run.summary["errors"] == []
    assert stored(airflow.database, api) == truth(api)
    row = airflow.tracked("acme/api")
    assert (row["sync_status"], row["last_sync_error"]) == ("complete", None)


def test_a_short_outage_is_over_within_the_task(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    world.faults.add(bad_gateway(times=TRIES - 1))

    run = airflow.sync()

    assert (run.state, run.of("acme/api", run.tries)) == ("success", 1)
    assert run.of("acme/api", run.results)["requests"] == TRIES


def test_success_clears_the_error(world: World, airflow: Airflow, on_github: OnGitHub) -> None:
    [api] = on_github("acme/api")
    airflow.add("acme/api")
    fault = world.faults.add(about(api, status=401, times=ALWAYS))
    airflow.sync()
    assert airflow.tracked("acme/api")["sync_status"] == "error"
    world.faults.remove(fault)

    run = airflow.sync()

    assert run.state == "success"
    row = airflow.tracked("acme/api")
    assert (row["sync_status"], row["last_sync_error"]) == ("complete", None)


def test_a_spent_quota_reschedules_the_instance_without_using_up_a_retry(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    [api] = on_github("acme/api")
    airflow.add("acme/api")
    world.faults.add(secondary_limit(retry_after=3600))

    waiting = airflow.begin()
    waiting.run_task("list_active_repositories")

    assert waiting.run_task("sync_repository", 0) == "up_for_reschedule"
    [attempt] = airflow.attempts("acme/api")
    assert (attempt["status"], attempt["is_final"]) == ("waiting", False)
    assert airflow.tracked("acme/api")["last_sync_error"] is None

    world.faults.add(secondary_limit(retry_after=1))
    run = airflow.sync()

    assert (run.state, run.of("acme/api", run.tries)) == ("success", 1)
    mine = [one for one in airflow.attempts("acme/api") if one["run_id"] == run.run_id]
    assert [(one["status"], one["try_number"]) for one in mine] == [("waiting", 1), ("complete", 1)]
    assert run.summary["repos_complete"] == 1
    assert stored(airflow.database, api) == truth(api)


def test_waiting_for_the_quota_has_an_end(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    airflow.set("GITHUB_SYNC_MAX_RATE_LIMIT_WAITS", "2")
    world.faults.add(secondary_limit(retry_after=0, times=ALWAYS))

    run = airflow.sync()

    assert (run.state, run.of("acme/api", run.tries)) == ("failed", 1)
    statuses = [attempt["status"] for attempt in airflow.attempts("acme/api")]
    assert statuses == ["waiting", "waiting", "error"]
    error = airflow.tracked("acme/api")["last_sync_error"]
    assert "already waited 2 times" in error
    assert "GITHUB_SYNC_MAX_RATE_LIMIT_WAITS" in error


def test_a_pull_request_that_github_cannot_serve_is_a_hole_that_is_reported(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    [api] = on_github("acme/api")
    broken = api.pull_request("feat: two", author=world.user("alice"))
    fault = world.faults.add(Fault(null_nodes={broken.number: "Something went wrong"}))
    airflow.add("acme/api")

    run = airflow.sync()

    assert run.state == "success"
    [error] = run.of("acme/api", run.results)["errors"]
    assert error["number"] == broken.number
    assert run.summary["prs_failed"] == 1
    row = airflow.tracked("acme/api")
    assert row["sync_status"] == "complete"
    assert f"#{broken.number}" in row["last_sync_error"]

    world.faults.remove(fault)
    repaired = airflow.sync()
    assert repaired.of("acme/api", repaired.results)["errors"] == []
    assert airflow.tracked("acme/api")["last_sync_error"] is None
    assert stored(airflow.database, api) == truth(api)
