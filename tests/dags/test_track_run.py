"""Whole runs of track_github_repositories that apply what the form asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from github_server import SAMPLE_TOKEN, Repository, World
from tests.fixtures.airflow import Airflow

OnGitHub = Callable[..., list[Repository]]


def names(airflow: Airflow, condition: str = "true") -> list[str]:
    rows = airflow.database.rows(
        f"select full_name from github.tracked_repositories where {condition} order by 1"
    )
    return [row["full_name"] for row in rows]


def test_the_first_run_creates_the_schema_and_tracks_what_it_is_given(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    [api, _] = on_github("acme/api", "acme/web")

    run = airflow.track("acme/api", "acme/web")

    assert run.state == "success"
    result = run.result("track_repositories")
    assert result.pop("preflight")["repositories"]
    assert result == {
        "tracked": ["acme/api", "acme/web"],
        "paused": [],
        "left_out": [],
        "refused": [],
    }
    row = airflow.tracked("acme/api")
    expected = {
        "full_name": "acme/api",
        "github_repo_id": api.database_id,
        "is_active": True,
        "github_conn_id": "github_default",
        "sync_status": "pending",
        "last_sync_at": None,
        "last_sync_error": None,
    }
    assert {column: row[column] for column in expected} == expected


def test_a_name_in_different_letter_cases_is_one_repository(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("Acme/Api")

    run = airflow.track("acme/api", "ACME/API", " Acme/api ")
    again = airflow.track("aCME/aPI")

    assert run.result("track_repositories")["tracked"] == ["Acme/Api"]
    assert (run.state, again.state) == ("success", "success")
    assert names(airflow) == ["Acme/Api"]


def test_an_organization_is_all_its_repositories_but_archived_ones_and_forks(
    world: World, airflow: Airflow
) -> None:
    expected = [f"acme/service-{number:03}" for number in range(105)]  # more than one page
    for name in expected:
        world.repository(name)
    world.repository("acme/old", is_archived=True)
    world.repository("acme/their-library", is_fork=True)
    world.repository("elsewhere/tool")

    run = airflow.track(organizations=["ACME"])

    assert run.state == "success"
    result = run.result("track_repositories")
    assert result["tracked"] == expected == names(airflow)
    assert sorted(result["left_out"], key=lambda one: one["repository"]) == [
        {"repository": "acme/old", "reason": "archived"},
        {"repository": "acme/their-library", "reason": "fork"},
    ]
    assert "acme/their-library" in run.log


def test_an_archived_repository_is_tracked_when_it_is_named(world: World, airflow: Airflow) -> None:
    world.repository("acme/old", is_archived=True)
    world.repository("acme/their-library", is_fork=True)

    run = airflow.track("acme/old", organizations=["acme"])

    result = run.result("track_repositories")
    assert names(airflow) == result["tracked"] == ["acme/old"]
    assert result["left_out"] == [{"repository": "acme/their-library", "reason": "fork"}]


def test_pausing_needs_no_github(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api", "acme/web", "other/tool")
    airflow.track("acme/api", "acme/web", "other/tool")
    airflow.server.stop()
    airflow.disconnect("github_default")

    run = airflow.track("ACME/api", is_active=False)
    whole = airflow.track(organizations=["Other"], is_active=False)

    assert run.state == whole.state == "success"
    assert run.result("track_repositories")["paused"] == ["acme/api"]
    assert whole.result("track_repositories")["paused"] == ["other/tool"]
    assert names(airflow, "is_active") == ["acme/web"]


def test_a_name_that_is_not_tracked_cannot_be_paused(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api")
    airflow.track("acme/api")

    run = airflow.track("acme/apy", "acme/api", is_active=False)

    assert run.state == "failed"
    result = run.result("track_repositories")
    assert [one["name"] for one in result["refused"]] == ["acme/apy"]
    assert result["paused"] == ["acme/api"]
    assert names(airflow) == ["acme/api"]
    assert names(airflow, "is_active") == []


def test_naming_a_paused_repository_resumes_it_with_what_is_stored(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.track("acme/api")
    airflow.sync()
    before = airflow.tracked("acme/api")
    airflow.track("acme/api", is_active=False)
    assert names(airflow, "is_active") == []

    airflow.track("acme/api")

    assert before["last_sync_at"] is not None
    assert airflow.tracked("acme/api") == before


def test_a_renamed_repository_given_by_its_old_name_stays_one_row(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    [api] = on_github("acme/api")
    airflow.track("acme/api")
    before = airflow.tracked("acme/api")
    world.rename(api, "acme/core")

    run = airflow.track("acme/api")

    assert run.result("track_repositories")["tracked"] == ["acme/core"]
    assert names(airflow) == ["acme/core"]
    assert airflow.tracked("acme/core")["repository_id"] == before["repository_id"]


@pytest.mark.parametrize("how", ["by name", "by organization"])
def test_repositories_are_tracked_with_the_connection_that_can_read_them(
    how: str, world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "other/tool")
    world.token("token-of-the-other", sees=["other/tool"])
    airflow.connect("github_other", conn_type="github", password="token-of-the-other")
    request = {"repositories": ["other/tool"]} if how == "by name" else {"organizations": ["other"]}

    run = airflow.run("track_github_repositories", **request, github_conn_id="github_other")

    assert run.state == "success"
    assert airflow.tracked("other/tool")["github_conn_id"] == "github_other"
    assert world.request_log[-1].token_suffix == "…ther"


def test_resuming_keeps_the_repositorys_own_connection(world: World, airflow: Airflow) -> None:
    world.repository("other/tool")
    airflow.connect("github_other", conn_type="github", password=SAMPLE_TOKEN)
    airflow.track("other/tool", github_conn_id="github_other")
    airflow.track("other/tool", is_active=False)

    airflow.track("other/tool")

    row = airflow.tracked("other/tool")
    assert (row["is_active"], row["github_conn_id"]) == (True, "github_other")
