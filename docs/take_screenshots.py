"""Takes the pictures of the page for README and docs: ``make screenshots``, while ``make up`` runs.

Needs Chromium (Debian's package); the data are the sample's.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect, sync_playwright

from github_sync.dag_ids import SYNC_DAG_ID

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1280, "height": 760}
PAGE = "/plugin/github-sync"
PATIENCE_SECONDS = 120


def main(url: str) -> None:
    """Sync the sample once, then take each picture."""
    sync_sample(url)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for theme, suffix in (("light", ""), ("dark", "-dark")):
            page = chromium.new_context(base_url=url, viewport=SIZE).new_page()  # type: ignore[arg-type]
            page.goto("/dags")
            page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
            take(page, suffix)
        chromium.close()


def take(page: Page, suffix: str) -> None:
    """The fleet, and the repository that failed."""
    page.goto(PAGE)
    frame = page.frame_locator("iframe")
    failed = frame.get_by_role("row").filter(has_text="Failing")
    expect(failed).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    page.screenshot(path=IMAGES / f"page{suffix}.png")
    failed.get_by_role("link").first.click()
    expect(frame.get_by_role("heading", name="Attempts")).to_be_visible()
    page.screenshot(path=IMAGES / f"repository{suffix}.png")


def sync_sample(url: str) -> None:
    """A run to its end, so that there is something to see."""
    token = httpx.get(f"{url}/auth/token", timeout=30).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{url}/api/v2/dags", headers=headers, timeout=30) as api:
        api.patch(SYNC_DAG_ID, json={"is_paused": False}).raise_for_status()
        made = (
            api.post(f"{SYNC_DAG_ID}/dagRuns", json={"logical_date": None})
            .raise_for_status()
            .json()
        )
        run = f"{SYNC_DAG_ID}/dagRuns/{made['dag_run_id']}"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while api.get(run).json()["state"] in ("queued", "running"):
            if time.monotonic() > deadline:
                raise TimeoutError("The run is not over yet: is the machine busy?")
            time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080")
