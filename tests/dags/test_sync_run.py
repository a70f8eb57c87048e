"""Whole runs of sync_github_repositories."""

from __future__ import annotations

from github_server import World
from tests.fixtures.airflow import Airflow


def test_a_run_syncs_every_active_repository(world: World, airflow: Airflow) -> None:
    for name in ("acme/api", "acme/web"):
        world.repository(name).pull_request("feat: one", author=world.user("alice")).review()
    assert airflow.track("acme/api", "acme/web").state == "success"

    run = airflow.sync()

    assert run.state == "success"
    summary = run.result("summarize_run")
    assert summary["repos_dispatched"] == summary["repos_complete"] == 2
    assert run.labels["sync_repository[0]"] == "acme/api"
