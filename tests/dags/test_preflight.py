"""What a run of track_github_repositories reports on credentials, and what it does not change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from github_server import SAMPLE_TOKEN, Repository, World
from tests.dags.test_connections import app_extra, private_key
from tests.fixtures.airflow import Airflow
from tests.fixtures.airflow_runs import DagRun

__all__ = ["private_key"]

OnGitHub = Callable[..., list[Repository]]
CLASSIC = "ghp_" + "A1b2C3d4" * 4 + "Zz"
FINE_GRAINED = "github_pat_" + "A1b2C3d4" * 8
SSO_SECRET = "authorization_request"
TABLES = "select (select json_agg(r) from github.tracked_repositories as r)::text as everything"


def check(airflow: Airflow, *repositories: str, **conf: Any) -> DagRun:
    return airflow.track(*repositories, check_only=True, **conf)


def connection(run: DagRun) -> dict[str, Any]:
    [one] = run.result("track_repositories")["preflight"]["connections"]
    return dict(one)


def verdicts(run: DagRun) -> dict[str, tuple[str, str]]:
    found = run.result("track_repositories")["preflight"]["repositories"]
    return {one["repository"]: (one["pull_requests"], one["reviews"]) for one in found}


def refused(run: DagRun) -> dict[str, str]:
    found = run.result("track_repositories")["refused"]
    return {one["name"]: one["error"] for one in found}


def with_token(airflow: Airflow, secret: str, **fields: Any) -> None:
    airflow.world.token(secret, **fields)
    airflow.connect("github_default", conn_type="github", password=secret)


def test_tracking_reports_what_the_credentials_are_and_can_read(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    expires_at = world.now() + timedelta(days=90)
    with_token(airflow, CLASSIC, scopes=["repo", "read:org"], expires_at=expires_at)

    run = airflow.track("acme/api")

    assert run.state == "success"
    assert connection(run) == {
        "github_conn_id": "github_default",
        "kind": "classic token",
        "login": "sample-viewer",
        "scopes": ["repo", "read:org"],
        "permissions": None,
        "expires_at": expires_at.isoformat(),
        "renews": False,
        "sso_required_by": [],
        "quota": {"limit": 5000, "remaining": 4998, "resets_at": "2026-03-02T05:00:00+00:00"},
        "error": None,
        "to_do": [],
    }
    assert verdicts(run) == {"acme/api": ("yes", "yes")}
    assert "Connection github_default: classic token, acts as sample-viewer" in run.log
    assert "acme/api: readable, 1 pull request with reviews" in run.log


def test_a_fine_grained_token_without_the_permission(
    airflow: Airflow, on_github: OnGitHub, world: World
) -> None:
    """Its metadata can be read, so that without the report it would be tracked."""
    on_github("acme/api")
    world.repository("acme/open", visibility="PUBLIC")
    with_token(airflow, FINE_GRAINED, permissions={"metadata": "read"})

    run = airflow.track("acme/api", "acme/open")

    assert run.state == "failed"
    assert connection(run)["kind"] == "fine-grained token"
    assert verdicts(run) == {"acme/api": ("no", "no"), "acme/open": ("yes", "unknown")}
    assert 'needs the repository permission "Pull requests: read-only"' in refused(run)["acme/api"]
    assert "NOT READABLE: acme/api" in run.log
    rows = airflow.database.rows("select full_name from github.tracked_repositories")
    assert [row["full_name"] for row in rows] == ["acme/open"], "what cannot be read is refused"


def test_a_github_app_without_the_permission(
    private_key: str, world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    world.app(app_id=12, installation_id=34, permissions={"metadata": "read"})
    airflow.connect("github_default", conn_type="github", extra=app_extra(private_key))

    run = check(airflow, "acme/api")

    app = connection(run)
    assert (app["kind"], app["renews"]) == ("GitHub App installation", True)
    assert app["permissions"] == {"metadata": "read"}
    assert app["to_do"] == [
        'Give the App the repository permission "Pull requests: read-only", and accept the change '
        "where it is installed."
    ]
    assert "Resource not accessible by integration" in refused(run)["acme/api"]


@pytest.mark.parametrize("names", [[], ["acme/api", "acme/web"]])
def test_a_suspended_github_app(
    names: list[str], private_key: str, world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "acme/web")
    world.app(app_id=12, installation_id=34, is_suspended=True)
    airflow.add("acme/api")
    airflow.connect("github_default", conn_type="github", extra=app_extra(private_key))

    run = check(airflow, *names)

    assert run.state == "failed"
    assert "Unsuspend its installation" in connection(run)["error"]
    assert connection(run)["to_do"] == []
    assert set(refused(run)) == set(names or ["acme/api"])
    for error in refused(run).values():
        assert error.count("Unsuspend its installation") == 1
        assert "Give the App" not in error


def test_a_classic_token_that_hides_what_is_private(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api")
    with_token(airflow, CLASSIC, scopes=["read:org"])

    run = check(airflow, "acme/api")

    assert run.state == "failed"
    assert refused(run)["acme/api"].endswith(
        "Its scopes are: read:org. Without repo it has no access to private repositories: add repo."
    )
    assert "read:org (public repositories only, without repo)" in run.log


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"sso_blocked_orgs": ["walled"]}, "SAML single sign-on"),
        ({"ip_blocked_orgs": ["walled"]}, "IP allow list"),
        ({"sees": ["acme/api"]}, "the connection's token has no access to it"),
    ],
    ids=["single sign-on", "IP allow list", "hidden"],
)
def test_what_an_owner_forbids_is_reported_of_its_repositories_only(
    rule: dict[str, Any], says: str, world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "walled/garden")
    airflow.add("acme/api", "walled/garden")
    for name, value in rule.items():
        setattr(world.tokens[SAMPLE_TOKEN], name, value)

    run = check(airflow)

    assert run.state == "failed"
    assert verdicts(run) == {"acme/api": ("yes", "yes"), "walled/garden": ("no", "no")}
    assert says in refused(run)["walled/garden"]
    if "sso_blocked_orgs" in rule:
        [advice] = connection(run)["to_do"]
        assert advice == (
            "Authorize it for the single sign-on of walled at https://github.example/orgs/walled/sso."
        )
        assert SSO_SECRET not in run.log + str(run.results)


def test_what_expires_soon_is_reported(world: World, airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api")
    with_token(airflow, FINE_GRAINED, expires_at=world.now() + timedelta(days=13))

    run = airflow.track("acme/api")

    assert run.state == "success"
    assert "expires soon" in connection(run)["to_do"][0]
    assert "2026-03-15 04:00 UTC" in run.log


def test_a_bad_token_is_reported_as_such(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api")
    airflow.connect("github_default", conn_type="github", password=CLASSIC)

    run = check(airflow, "acme/api")

    assert run.state == "failed"
    one = connection(run)
    assert (one["kind"], one["login"]) == ("classic token", None)
    assert "GitHub refused the credentials" in one["error"]
    assert CLASSIC not in run.log + str(run.results)


def test_a_check_changes_nothing(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api", "acme/web")
    airflow.add("acme/api")
    before = airflow.database.one(TABLES)

    run = check(airflow, "acme/web", organizations=["acme"])

    assert run.state == "success"
    assert set(verdicts(run)) == {"acme/api", "acme/web"}
    assert run.result("track_repositories")["tracked"] == []
    assert "check_only: nothing was changed." in run.log
    assert airflow.database.one(TABLES) == before


def test_a_check_needs_no_tables_and_makes_none(
    airflow_without_tables: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")

    named, unnamed = check(airflow_without_tables, "acme/api"), check(airflow_without_tables)

    assert (named.state, unnamed.state) == ("success", "success")
    assert connection(unnamed)["login"] == "sample-viewer"
    schema = "select count(*) from pg_namespace where nspname = 'github'"
    assert airflow_without_tables.database.one(schema)["count"] == 0


def test_a_spent_quota_is_reported_at_once(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    world.rate_limit.limit = 2

    run = check(airflow)

    assert (run.state, run.tries["track_repositories"]) == ("failed", 1)
    assert verdicts(run) == {"acme/api": ("unknown", "unknown")}
    assert connection(run)["quota"]["remaining"] == 0
    assert "Its rate limit is exceeded: nothing can be read before" in connection(run)["to_do"][0]
    assert "UNKNOWN: acme/api" in run.log
