"""An operator's work in the UI, in a real browser, within Airflow's UI."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures.scheduler import DAILY, LiveAirflow
from tests.scheduler.runs import Run, wait_until

pytestmark = pytest.mark.scheduler
LogIn = Callable[..., Any]
UI = "/plugin/github-sync"


def within(page: Any) -> Any:
    """Our UI, in Airflow's frame."""
    return page.frame_locator("iframe")


def row(page: Any, name: str) -> Any:
    return within(page).get_by_role("row").filter(has_text=name)


def delete(live_airflow: LiveAirflow, run: Run) -> None:
    """As ``airflow db clean`` does with old runs."""
    live_airflow.api.client.delete(run.path).raise_for_status()


@pytest.fixture
def failed(live_airflow: LiveAirflow) -> str:
    """A repository whose last run failed: it is not on GitHub."""
    name = "ui/failed"
    tracked = "select 1 from github.tracked_repositories where full_name = %(name)s"
    if live_airflow.database.rows(tracked, name=name):
        live_airflow.resume(name)
    else:
        live_airflow.tables.track(name)
        assert live_airflow.sync(name).wait().state == "failed"
    return name


def test_a_failure_is_shown_and_rerun(live_airflow: LiveAirflow, log_in: LogIn) -> None:
    from playwright.sync_api import expect

    name = "ui/fixed"
    live_airflow.tables.track(name)
    assert live_airflow.sync(name).wait().state == "failed"
    page = log_in("operator")
    page.goto("/")
    page.get_by_role("button", name="Browse").click()
    page.get_by_role("menuitem", name="GitHub Sync").click()
    expect(within(page).get_by_text("not complete")).to_be_visible()
    mine = row(page, name)
    expect(mine.get_by_text("Failing")).to_be_visible()
    expect(
        mine.get_by_text(re.compile("correct (the|its) name, or pause it", re.IGNORECASE))
    ).to_be_visible()

    fixed = live_airflow.world.repository(name)
    fixed.pull_request("feat: it exists now")
    mine.get_by_role("button", name="Clear and rerun").click()

    expect(within(page).get_by_role("status")).to_contain_text(f"Rerunning {name}")
    expect(mine.get_by_text("Complete", exact=True)).to_be_visible(timeout=60_000)
    live_airflow.tables.assert_equal(fixed)
    assert live_airflow.statuses(name) == ["error", "complete"]


def test_it_explains_why_a_rerun_does_not_start(live_airflow: LiveAirflow, log_in: LogIn) -> None:
    """The Dag is paused; Airflow skipped the instance, as at a time limit; the run was deleted."""
    from playwright.sync_api import expect

    name = "ui/clearing"
    live_airflow.tables.track(name)
    run = live_airflow.sync(name).wait()
    run.mark(0, "skipped")
    page = log_in("operator")
    page.goto(UI)
    status = within(page).get_by_role("status")
    dag = f"/dags/{DAILY}"

    live_airflow.api.call("PATCH", dag, json={"is_paused": True})
    try:
        row(page, name).get_by_role("button", name="Clear and rerun").click()
        expect(status).to_contain_text(f"Queued: the Dag {DAILY} is paused.")
        assert live_airflow.statuses(name) == ["error"]
    finally:
        live_airflow.api.call("PATCH", dag, json={"is_paused": False})
    wait_until(lambda: live_airflow.statuses(name) == ["error"] * 2, "it runs again")
    run.wait()

    delete(live_airflow, run)
    page.reload()
    row(page, name).get_by_role("button", name="Clear and rerun").click()
    expect(status).to_contain_text("This run no longer exists in Airflow. Use “Sync now” instead.")


def test_a_deleted_run_does_not_stop_the_rerun_of_others(
    live_airflow: LiveAirflow, log_in: LogIn
) -> None:
    from playwright.sync_api import expect

    names = ("ui/lost", "ui/gone")
    runs = []
    for name in names:
        live_airflow.tables.track(name)
        runs.append(live_airflow.sync(name).wait())
    delete(live_airflow, runs[1])
    page = log_in("operator")
    page.goto(UI)

    within(page).get_by_role("button", name="Clear and rerun all failed").click()
    within(page).get_by_role("dialog").get_by_role("button", name="Go ahead").click()

    expect(within(page).get_by_role("status")).to_contain_text(
        "This run no longer exists in Airflow."
    )
    wait_until(lambda: live_airflow.statuses(names[0]) == ["error"] * 2, "the other runs again")
    runs[0].wait()


def test_its_history_its_log_and_its_tabs(
    live_airflow: LiveAirflow, log_in: LogIn, failed: str
) -> None:
    from playwright.sync_api import expect

    page = log_in("viewer")
    page.goto(UI)
    row(page, failed).get_by_role("link", name=failed, exact=True).click()
    expect(within(page).get_by_role("heading", level=1)).to_contain_text(failed)
    expect(within(page).get_by_text("RepositoryNotFound").first).to_be_visible()
    expect(within(page).get_by_role("img", name=re.compile("Requests of the last"))).to_be_visible()
    within(page).get_by_role("link", name="Log of the last attempt").click()
    page.wait_for_url(re.compile(f"/dags/{DAILY}/runs/.*/tasks/sync_repository/mapped/0"))
    expect(page.get_by_text("not found").first).to_be_visible()

    page.get_by_role("link", name="GitHub Sync").click()
    expect(within(page).get_by_role("heading", level=1)).to_contain_text(failed)
    page.goto(f"/dags/{DAILY}/plugin/github-sync-dag")
    expect(row(page, failed)).to_be_visible()


def test_buttons_require_permissions(live_airflow: LiveAirflow, log_in: LogIn, failed: str) -> None:
    from playwright.sync_api import expect

    page = log_in("viewer")
    page.goto(UI)
    expect(row(page, failed)).to_be_visible()
    expect(within(page).get_by_role("button", name=re.compile("rerun|Sync now"))).to_have_count(0)

    answers = page.evaluate(FORGED, [failed])
    assert answers == [403, 403]
    assert live_airflow.statuses(failed) == ["error"]


FORGED = """
async ([name]) => {
  const post = (path, body) => fetch(`/api/v2/dags/sync_github_repositories/${path}`, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
  const run = await post("dagRuns", {logical_date: null, conf: {repositories: [name]}});
  const clear = await post("clearTaskInstances", {dry_run: false, task_ids: ["sync_repository"]});
  return [run.status, clear.status];
}
"""


def test_sync_full_resync_pause_and_resume(live_airflow: LiveAirflow, log_in: LogIn) -> None:
    from playwright.sync_api import expect

    repository = live_airflow.repository("ui/handled", 3)
    page = log_in("operator")
    page.goto(UI)
    mine = row(page, repository.full_name)
    expect(mine.get_by_text("Never synced")).to_be_visible()
    mine.get_by_role("button", name="Sync now").click()
    expect(mine.get_by_text("Complete", exact=True)).to_be_visible()

    mine.get_by_label("More actions").click()
    mine.get_by_role("button", name="Full resync").click()
    dialog = within(page).get_by_role("dialog")
    expect(dialog).to_contain_text("Read the whole history of ui/handled again?")
    dialog.get_by_role("button", name="Cancel").click()
    mine.get_by_label("More actions").click()
    mine.get_by_role("button", name="Full resync").click()
    dialog.get_by_role("button", name="Go ahead").click()
    within(page).get_by_role("link", name="ui/handled", exact=True).click()
    expect(within(page).get_by_role("cell", name="full")).to_have_count(2)
    live_airflow.tables.assert_equal(repository)

    within(page).get_by_label("More actions").click()
    within(page).get_by_role("button", name="Pause").click()
    dialog.get_by_role("button", name="Go ahead").click()
    expect(within(page).get_by_text("Paused", exact=True)).to_be_visible()
    assert not live_airflow.tracked(repository.full_name)["is_active"]
    within(page).get_by_role("button", name="Resume").click()
    expect(within(page).get_by_role("button", name="Sync now")).to_be_visible()
    assert live_airflow.tracked(repository.full_name)["is_active"]


def test_a_long_sync_shows_its_progress(live_airflow: LiveAirflow, log_in: LogIn) -> None:
    from playwright.sync_api import expect

    repository = live_airflow.repository("ui/long", 150)
    hold = live_airflow.hold(repository, skip=1)
    run = live_airflow.sync(repository)
    hold.wait_for_arrival()

    page = log_in("viewer")
    page.goto(UI)
    expect(row(page, "ui/long").get_by_text("100 of 150 read")).to_be_visible()
    hold.release()
    expect(row(page, "ui/long").get_by_text("Complete", exact=True)).to_be_visible()
    run.wait()


def test_one_click_reruns_all_failed(live_airflow: LiveAirflow, log_in: LogIn) -> None:
    from playwright.sync_api import expect

    live_airflow.clean_up()  # pauses what other tests left failing
    names = ["ui/all-one", "ui/all-two"]
    for name in names:
        live_airflow.tables.track(name)
    assert live_airflow.sync(*names).wait().state == "failed"
    for name in names:
        live_airflow.world.repository(name).pull_request("feat: it exists now")

    page = log_in("operator")
    page.goto(UI)
    within(page).get_by_role("button", name="Clear and rerun all failed").click()
    dialog = within(page).get_by_role("dialog")
    expect(dialog).to_contain_text("Clear and rerun all 2 failed repositories?")
    dialog.get_by_role("button", name="Go ahead").click()

    expect(within(page).get_by_text("Rerunning all failed repositories.")).to_be_visible()
    for name in names:
        expect(row(page, name).get_by_text("Complete", exact=True)).to_be_visible()


def test_it_refreshes_itself_and_keeps_the_focus(live_airflow: LiveAirflow, log_in: LogIn) -> None:
    from playwright.sync_api import expect

    repository = live_airflow.repository("ui/fresh", 150)
    hold = live_airflow.hold(repository, skip=1)
    run = live_airflow.sync(repository)
    hold.wait_for_arrival()
    repository_id = live_airflow.tracked("ui/fresh")["repository_id"]
    page = log_in("operator")
    page.goto(f"/github-sync/repositories/{repository_id}")
    expect(page.get_by_text("Syncing", exact=True)).to_be_visible()
    page.get_by_role("link", name="Log of the last attempt").focus()

    hold.release()
    expect(page.get_by_text("Complete", exact=True)).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == "Log of the last attempt"
    run.wait()

    page.context.clear_cookies()
    expect(page.get_by_text(re.compile("Not updated since .*no longer logged in"))).to_be_visible()


@pytest.mark.parametrize(
    "how",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 420, "height": 900}}],
    ids=["light", "dark", "narrow"],
)
def test_it_is_accessible(
    live_airflow: LiveAirflow, log_in: LogIn, failed: str, how: dict[str, Any]
) -> None:
    """By axe's checks of WCAG 2: the overview, and one repository."""
    from axe_playwright_python.sync_playwright import Axe

    page = log_in("operator", **how)
    repository_id = live_airflow.tracked(failed)["repository_id"]
    for path in ("/github-sync/", f"/github-sync/repositories/{repository_id}"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, "it must not scroll horizontally"


def test_a_forged_request_changes_nothing(
    live_airflow: LiveAirflow, log_in: LogIn, failed: str
) -> None:
    """Another site makes the browser of a logged-in user send requests to Airflow's API."""
    page = log_in("operator")
    port = live_airflow.components.url.rpartition(":")[2]
    page.route("http://localhost/*", lambda route: route.fulfill(body="<p>evil", status=200))
    page.goto("http://localhost/")
    runs = len(live_airflow.api.get(f"/dags/{DAILY}/dagRuns", limit=1000)["dag_runs"])

    page.evaluate(CROSS_SITE, f"http://127.0.0.1:{port}/api/v2/dags/{DAILY}")
    page.wait_for_timeout(1000)

    after = len(live_airflow.api.get(f"/dags/{DAILY}/dagRuns", limit=1000)["dag_runs"])
    assert after == runs
    assert live_airflow.statuses(failed) == ["error"]

    page.unroute("http://localhost/*")
    page.goto("/github-sync/")
    assert page.evaluate(SAME_SITE, f"/api/v2/dags/{DAILY}/dagRuns") == 200, "the same site may"


SAME_SITE = """
async (path) => {
  const body = JSON.stringify({logical_date: null, conf: {dry_run: true}});
  const headers = {"Content-Type": "application/json"};
  return (await fetch(path, {method: "POST", headers, body})).status;
}
"""
CROSS_SITE = """
async (api) => {
  const body = JSON.stringify({logical_date: null, dry_run: false, task_ids: ["sync_repository"]});
  for (const path of ["dagRuns", "clearTaskInstances"]) {
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
      await fetch(`${api}/${path}`, {
        method: "POST", mode: "no-cors", credentials: "include",
        headers: {"Content-Type": type}, body,
      }).catch(() => null);
    }
  }
}
"""
