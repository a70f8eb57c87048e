"""Which repositories the Asset's events name: each that changed, whichever run changed it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from github_server import Repository
from tests.fixtures.airflow import Airflow

OnGitHub = Callable[..., list[Repository]]


@pytest.fixture(autouse=True)
def without_earlier_events() -> None:
    """Those of other tests' databases."""
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(AssetEvent))


def announced(run_id: str) -> list[list[str]]:
    """The repositories of each of a run's events."""
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        events = session.scalars(select(AssetEvent).where(AssetEvent.source_run_id == run_id))
        return [event.extra["repositories"] for event in events]


def track(airflow: Airflow, on_github: OnGitHub) -> list[Repository]:
    """Two repositories, whose pull requests are older than the overlap."""
    repositories = on_github("acme/api", "acme/web")
    airflow.add("acme/api", "acme/web")
    airflow.world.clock.advance(86400)
    return repositories


def test_what_a_run_that_was_cut_off_had_changed_is_in_the_next_event(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    track(airflow, on_github)
    run = airflow.begin()
    run.run_task("list_active_repositories")
    run.run_task("sync_repository", 0)
    run.expire()
    assert announced(run.run_id) == []

    assert announced(airflow.sync().run_id) == [["acme/api", "acme/web"]]


def test_what_a_run_over_named_repositories_changed_is_in_the_next_event(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    api, _ = track(airflow, on_github)
    assert announced(airflow.sync().run_id) == [["acme/api", "acme/web"]]
    assert announced(airflow.sync().run_id) == [[]]
    api.pull_request("feat: two")
    airflow.world.clock.advance(3600)
    assert announced(airflow.sync(repositories=["acme/api"]).run_id) == []

    assert announced(airflow.sync().run_id) == [["acme/api"]]
    assert announced(airflow.sync().run_id) == [[]]


def test_what_was_only_deleted_is_a_change_too(airflow: Airflow, on_github: OnGitHub) -> None:
    api, web = track(airflow, on_github)
    airflow.sync()
    api.delete_pull_request(api.pull_requests[1])
    pull_request = web.pull_requests[1]
    pull_request.delete_review(next(iter(pull_request.reviews)))
    airflow.world.clock.advance(86400)

    assert announced(airflow.sync().run_id) == [["acme/api", "acme/web"]]
    assert announced(airflow.sync().run_id) == [[]]


def test_what_still_runs_is_in_the_event_after_it_has_ended(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    """As a task may outlive its run."""
    track(airflow, on_github)
    airflow.sync()
    rows = airflow.database.rows
    rows(
        "insert into github.sync_attempts (repository_id, run_id, map_index, try_number, status,"
        " prs_synced) select min(repository_id), %(run)s, 0, 1, 'running', 1"
        " from github.tracked_repositories",
        run="of another Dag",
    )
    lock = (
        "select pg_advisory_lock(hashtextextended('github.tracked_repositories',"
        " min(repository_id))) from github.tracked_repositories"
    )
    with airflow.database.connect() as its_session:
        its_session.execute(lock)
        assert announced(airflow.sync().run_id) == [[]]

    rows(
        "update github.sync_attempts set status = 'complete', finished_at = started_at"
        " + interval '1 millisecond' where run_id = %(run)s",
        run="of another Dag",
    )

    assert announced(airflow.sync().run_id) == [["acme/api"]]
