"""The HTML and its access rules, requested over HTTP from a real Airflow API server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

import httpx
import pytest

from github_sync.store.schema import latest_version
from github_sync.store.warehouse import Warehouse
from github_sync.ui.overview import MAX_AGE
from github_sync.ui.states import STATES
from tests.fixtures.postgres import Database
from tests.fixtures.scheduler import LiveAirflow

pytestmark = pytest.mark.scheduler
AsUser = Callable[[str | None], httpx.Client]


def test_everyone_who_may_read_the_dag_sees_the_repositories(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    response = as_user("viewer").get("/")

    assert response.status_code == 200, response.text
    assert "morning/api" in response.text


def test_without_a_login_it_redirects_to_the_login(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    response = as_user(None).get("/repositories/1")

    assert response.status_code == 307
    login = response.headers["location"]
    assert login.startswith("/api/v2/auth/login?next=")
    assert "github-sync%2Frepositories%2F1" in login
    assert "morning" not in response.text


def test_an_invalid_token_is_refused(live_airflow: LiveAirflow, as_user: AsUser) -> None:
    response = as_user(None).get("/", headers={"Authorization": "Bearer none"})

    assert response.status_code == 403
    assert "morning" not in response.text


def shown(response: httpx.Response) -> list[str]:
    """The repositories in the table, in its order."""
    assert response.status_code == 200, response.text
    return re.findall(r'<th scope="row">\s*<a href="[^"]*">([^<]+)</a>', response.text)


def states(response: httpx.Response) -> list[str]:
    return re.findall(r'<td><span class="badge \w+" title="[^"]*">([^<]+)</span>', response.text)


@pytest.fixture
def many(live_airflow: LiveAirflow) -> Iterator[None]:
    """120 repositories in all states, by hand."""
    rows = live_airflow.database.rows
    rows(
        "insert into github.tracked_repositories (full_name, sync_status, last_sync_at, prs_stored,"
        " last_sync_error, is_active) select format('many/%%s', lpad(n::text, 3, '0')),"
        " case when n %% 10 = 0 then 'error' when n %% 10 = 1 then 'pending' else 'complete' end,"
        " case when n %% 10 != 1 then now() - make_interval(mins => n) end, n * 7,"
        " case when n %% 10 = 0 then format('many/%%s (connection c): <b>It & broke.</b> Fix it.',"
        " lpad(n::text, 3, '0')) end, n %% 10 != 2"
        " from generate_series(1, 120) as n where %(yes)s",
        yes=True,
    )
    yield
    rows("delete from github.tracked_repositories where full_name like 'many/%%' and %(y)s", y=True)


@pytest.mark.usefixtures("many")
def test_search_states_order_and_pages(live_airflow: LiveAirflow, as_user: AsUser) -> None:
    get = as_user("viewer").get

    everything = get("/", params={"search": "MANY/"})
    assert states(everything) == ["Failing"] * 12 + ["Never synced"] * 12 + ["Complete"] * 26
    assert "Page 1 of 3, 120 repositories" in everything.text
    last = get("/", params={"search": "many/", "page": 3})
    assert states(last) == ["Complete"] * 8 + ["Paused"] * 12
    assert len(shown(get("/", params={"search": "many/", "page": 4}))) == 0

    failing = get("/", params={"state": "failing", "search": "many/"})
    assert shown(failing) == [f"many/{n:03}" for n in range(10, 121, 10)]
    error = '<p class="error">&lt;b&gt;It &amp; broke.&lt;/b&gt; Fix it.</p>'
    assert failing.text.count(error) == 12, "escaped, and without the name beside it"

    for sort, first in {
        "name": "many/001",
        "-name": "many/120",
        "prs": "many/001",
        "-prs": "many/120",
        "fresh": "many/120",
        "-fresh": "many/002",
    }.items():
        assert shown(get("/", params={"search": "many/", "sort": sort}))[0] == first, sort


@pytest.mark.usefixtures("many")
def test_it_warns_of_a_late_run_only_if_all_repositories_are_late(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    rows, get = live_airflow.database.rows, as_user("viewer").get
    behind = "update github.tracked_repositories set last_sync_at = last_sync_at + %(by)s::interval"
    one = f"{behind} where full_name = 'many/005'"
    late = "no repository has been synced for a day"

    rows(one, by=-MAX_AGE)
    assert late not in get("/").text
    rows(one, by=MAX_AGE)
    rows(behind, by=-MAX_AGE)
    assert late in get("/").text
    rows(behind, by=MAX_AGE)


def test_every_state_has_a_label(live_airflow: LiveAirflow) -> None:
    with live_airflow.database.connect() as connection:
        counted = Warehouse(connection).run("runs/count_states")

    assert {row["state"] for row in counted} == set(STATES)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("search", ["%", "_", "'; drop table github.users; --", "\\", "<script>"])
def test_a_search_matches_literally(
    live_airflow: LiveAirflow, as_user: AsUser, search: str
) -> None:
    response = as_user("viewer").get("/", params={"search": search})

    assert shown(response) == []
    assert "<script>" not in response.text.partition("<main")[2]


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/repositories/4711", 404, "No tracked repository has the id 4711."),
        ("/repositories/one", 422, "Invalid URL parameter: repository_id."),
        ("/?sort=drop", 422, "Invalid URL parameter: sort."),
        ("/?page=0", 422, "Invalid URL parameter: page."),
        ("/nowhere", 404, "Not Found"),
        ("/instance?dag_id=sync_github_repositories&run_id=r&task_id=sync_repository&map_index=1",
         404, "This task instance has not started yet."),
        ("/dag?dag_id=another", 200, "The Dag another does not belong to GitHub Sync."),
        ("/instance?dag_id=another&run_id=r&task_id=t", 200, "does not belong to GitHub Sync."),
    ],
)  # fmt: skip
def test_invalid_urls_show_an_error(
    live_airflow: LiveAirflow, as_user: AsUser, path: str, status: int, message: str
) -> None:
    response = as_user("viewer").get(path)

    assert (response.status_code, response.headers["content-type"]) == (
        status,
        "text/html; charset=utf-8",
    )
    assert message in response.text


@pytest.mark.usefixtures("first_morning")
def test_a_task_instance_redirects_to_its_repository(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    """Airflow 3.1 does not encode the plus sign of a run id in the URL; later versions do."""
    repository = live_airflow.tracked("morning/api")
    attempt = live_airflow.attempts("morning/api")[0]
    assert "+" in attempt["run_id"]
    rest = f"task_id=sync_repository&map_index={attempt['map_index']}"
    for run_id in (attempt["run_id"], quote(attempt["run_id"])):
        path = f"/instance?dag_id=sync_github_repositories&run_id={run_id}&{rest}"
        response = as_user("viewer").get(path)

        assert response.status_code == 307, response.text
        assert response.headers["location"].endswith(f"/repositories/{repository['repository_id']}")


class Outage(NamedTuple):
    """Why the tables cannot be read: the statement that breaks them, the one that repairs them."""

    break_: str
    repair: str
    status: int
    message: str


OUTAGES = {
    "no tables": Outage(
        "alter schema github rename to elsewhere",
        "alter schema elsewhere rename to github",
        200,
        "The tables do not exist yet. Trigger",
    ),
    "older tables": Outage(
        "update github.schema_version set version_num = '0000'",
        f"update github.schema_version set version_num = '{latest_version()}'",
        200,
        "The tables are older than this version of GitHub Sync.",
    ),
    "another tool's tables": Outage(
        "alter schema github rename to elsewhere; create schema github; "
        "create table github.users ()",
        "drop schema github cascade; alter schema elsewhere rename to github",
        503,
        "The schema github belongs to something else",
    ),
    "tables that the role may not read": Outage(
        "create role page_reader; alter role postgres in database live_warehouse "
        "set role = page_reader",
        "alter role postgres in database live_warehouse reset all; drop role page_reader",
        503,
        "Postgres denied permission (permission denied for schema github; connection "
        "postgres_default, host ",
    ),
    "dates in another format, which do no harm": Outage(
        "alter database live_warehouse set datestyle = 'German'",
        "alter database live_warehouse reset all",
        200,
        "GitHub Sync",
    ),
    "no database": Outage(
        "alter database live_warehouse rename to elsewhere",
        "alter database elsewhere rename to live_warehouse",
        503,
        "Postgres was unavailable or interrupted the statement",
    ),
}


@pytest.mark.parametrize("how", OUTAGES)
def test_without_the_tables_it_shows_a_remedy(
    live_airflow: LiveAirflow, postgres: Database, as_user: AsUser, how: str
) -> None:
    outage = OUTAGES[how]
    run = postgres.rows if "database" in outage.break_ else live_airflow.database.rows
    viewer = as_user("viewer")
    run(outage.break_)
    try:
        response = viewer.get("/")
    finally:
        run(outage.repair)

    assert response.status_code == outage.status
    assert outage.message in response.text
    assert "Traceback" not in response.text
    assert viewer.get("/").status_code == 200


def test_other_sites_may_not_frame_it_or_run_scripts_in_it(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    for path in ("/", "/nowhere", "/static/actions.js"):
        headers = as_user("viewer").get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "frame-ancestors 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_styles_and_scripts_are_cached_until_they_change(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    get = as_user("viewer").get
    files = re.findall(r'"[^"]*(/static/[^"]+)"', get("/").text)

    assert len(files) == 3
    for file in files:
        assert "immutable" in get(file).headers["cache-control"], file
        assert get(file.partition("?")[0]).headers["cache-control"] == "no-store"
    assert get("/").headers["cache-control"] == "no-store"


def test_routes_are_read_only(live_airflow: LiveAirflow, as_user: AsUser) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/", "/repositories/1"):
            assert as_user("admin").request(method, path).status_code == 405
