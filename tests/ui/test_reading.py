"""What the page shows, and to whom; asked over HTTP of a real Airflow API server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

import httpx
import pytest

from github_sync.store.schema import latest_version
from github_sync.store.warehouse import Warehouse
from github_sync.ui.fleet import STALE
from github_sync.ui.states import STATES
from tests.fixtures.postgres import Database
from tests.fixtures.scheduler import LiveAirflow

pytestmark = pytest.mark.scheduler
AsUser = Callable[[str | None], httpx.Client]


def test_whoever_may_read_the_dag_sees_the_fleet(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    answer = as_user("viewer").get("/")

    assert answer.status_code == 200, answer.text
    assert "morning/api" in answer.text


def test_no_one_is_sent_to_the_login_and_back(live_airflow: LiveAirflow, as_user: AsUser) -> None:
    answer = as_user(None).get("/repositories/1")

    assert answer.status_code == 307
    login = answer.headers["location"]
    assert login.startswith("/api/v2/auth/login?next=")
    assert "github-sync%2Frepositories%2F1" in login
    assert "morning" not in answer.text


def test_a_token_that_is_none_is_refused(live_airflow: LiveAirflow, as_user: AsUser) -> None:
    answer = as_user(None).get("/", headers={"Authorization": "Bearer none"})

    assert answer.status_code == 403
    assert "morning" not in answer.text


def shown(answer: httpx.Response) -> list[str]:
    """The repositories in the table, in its order."""
    assert answer.status_code == 200, answer.text
    return re.findall(r'<th scope="row">\s*<a href="[^"]*">([^<]+)</a>', answer.text)


def states(answer: httpx.Response) -> list[str]:
    return re.findall(r'<td><span class="badge \w+" title="[^"]*">([^<]+)</span>', answer.text)


@pytest.fixture
def many(live_airflow: LiveAirflow) -> Iterator[None]:
    """120 repositories in all states, by hand."""
    rows = live_airflow.database.rows
    rows(
        "insert into github.tracked_repositories (full_name, sync_status, last_sync_at, prs_stored,"
        " last_sync_error, is_active) select format('many/%%s', lpad(n::text, 3, '0')),"
        " case when n %% 10 = 0 then 'error' when n %% 10 = 1 then 'pending' else 'complete' end,"
        " case when n %% 10 != 1 then now() - make_interval(mins => n) end, n * 7,"
        " case when n %% 10 = 0 then format('many/%%s (connection c): <b>It & broke.</b> Mend it.',"
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
    said = '<p class="error">&lt;b&gt;It &amp; broke.&lt;/b&gt; Mend it.</p>'
    assert failing.text.count(said) == 12, "escaped, and without the name beside it"

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
def test_one_that_is_behind_is_not_taken_for_a_run_that_is_late(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    rows, get = live_airflow.database.rows, as_user("viewer").get
    behind = "update github.tracked_repositories set last_sync_at = last_sync_at + %(by)s::interval"
    one = f"{behind} where full_name = 'many/005'"
    late = "no repository was synced for a day"

    rows(one, by=-STALE)
    assert late not in get("/").text
    rows(one, by=STALE)
    rows(behind, by=-STALE)
    assert late in get("/").text
    rows(behind, by=STALE)


def test_every_state_has_its_words(live_airflow: LiveAirflow) -> None:
    with live_airflow.database.connect() as connection:
        counted = Warehouse(connection).run("runs/count_states")

    assert {row["state"] for row in counted} == set(STATES)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("search", ["%", "_", "'; drop table github.users; --", "\\", "<script>"])
def test_a_search_is_only_a_text(live_airflow: LiveAirflow, as_user: AsUser, search: str) -> None:
    answer = as_user("viewer").get("/", params={"search": search})

    assert shown(answer) == []
    assert "<script>" not in answer.text.partition("<main")[2]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/repositories/4711", 404, "No repository 4711 is tracked."),
        ("/repositories/one", 422, "cannot be understood (repository_id)"),
        ("/?sort=drop", 422, "cannot be understood (sort)"),
        ("/?page=0", 422, "cannot be understood (page)"),
        ("/nowhere", 404, "Not Found"),
        ("/instance?dag_id=sync_github_repositories&run_id=r&task_id=sync_repository&map_index=1",
         404, "This instance has not begun"),
        ("/dag?dag_id=another", 200, "The Dag another has nothing to do with it."),
        ("/instance?dag_id=another&run_id=r&task_id=t", 200, "has nothing to do with it."),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere(
    live_airflow: LiveAirflow, as_user: AsUser, path: str, status: int, says: str
) -> None:
    answer = as_user("viewer").get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "text/html; charset=utf-8",
    )
    assert says in answer.text


@pytest.mark.usefixtures("first_morning")
def test_an_instance_leads_to_its_repository(live_airflow: LiveAirflow, as_user: AsUser) -> None:
    """Airflow 3.1 leaves a run id's plus sign in the address as it is; later ones encode it."""
    repository = live_airflow.tracked("morning/api")
    attempt = live_airflow.attempts("morning/api")[0]
    assert "+" in attempt["run_id"]
    rest = f"task_id=sync_repository&map_index={attempt['map_index']}"
    for run_id in (attempt["run_id"], quote(attempt["run_id"])):
        path = f"/instance?dag_id=sync_github_repositories&run_id={run_id}&{rest}"
        answer = as_user("viewer").get(path)

        assert answer.status_code == 307, answer.text
        assert answer.headers["location"].endswith(f"/repositories/{repository['repository_id']}")


class Breakage(NamedTuple):
    """How the tables may be away, by hand: what breaks it, what repairs it, what the page says."""

    breaks: str
    repairs: str
    status: int
    says: str


BREAKAGES = {
    "no tables": Breakage(
        "alter schema github rename to elsewhere",
        "alter schema elsewhere rename to github",
        200,
        "There are no tables yet. Trigger",
    ),
    "older tables": Breakage(
        "update github.schema_version set version_num = '0002'",
        f"update github.schema_version set version_num = '{latest_version()}'",
        200,
        "The tables are older than this page.",
    ),
    "no database": Breakage(
        "alter database live_warehouse rename to elsewhere",
        "alter database elsewhere rename to live_warehouse",
        503,
        "Postgres was unavailable or interrupted the statement",
    ),
}


@pytest.mark.parametrize("how", BREAKAGES)
def test_without_the_tables_it_says_what_to_do(
    live_airflow: LiveAirflow, postgres: Database, as_user: AsUser, how: str
) -> None:
    breakage = BREAKAGES[how]
    run = postgres.rows if "database" in breakage.breaks else live_airflow.database.rows
    viewer = as_user("viewer")
    run(breakage.breaks)
    try:
        answer = viewer.get("/")
    finally:
        run(breakage.repairs)

    assert answer.status_code == breakage.status
    assert breakage.says in answer.text
    assert "Traceback" not in answer.text
    assert viewer.get("/").status_code == 200


def test_no_other_site_may_frame_it_or_run_scripts_in_it(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    for path in ("/", "/nowhere", "/static/page.js"):
        headers = as_user("viewer").get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "frame-ancestors 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_styles_and_scripts_are_kept_until_they_change(
    live_airflow: LiveAirflow, as_user: AsUser
) -> None:
    get = as_user("viewer").get
    files = re.findall(r'"[^"]*(/static/[^"]+)"', get("/").text)

    assert len(files) == 3
    for file in files:
        assert "immutable" in get(file).headers["cache-control"], file
        assert get(file.partition("?")[0]).headers["cache-control"] == "no-store"
    assert get("/").headers["cache-control"] == "no-store"


def test_looking_changes_nothing(live_airflow: LiveAirflow, as_user: AsUser) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/", "/repositories/1"):
            assert as_user("admin").request(method, path).status_code == 405
