"""Takes the screenshots for README and docs: ``make screenshots``, while ``make up`` runs.

Needs Chromium (Debian's package) and the sample data.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from demo.airflow_api import AirflowApi
from github_sync.dag_ids import SYNC_DAG_ID

IMAGES = Path(__file__).parent / "images"
VIEWPORT = ViewportSize(width=1280, height=760)
UI = "/plugin/github-sync"
TIMEOUT_SECONDS = 120


def main(url: str) -> None:
    """Sync the sample once, then take each screenshot in both themes."""
    with AirflowApi(url) as api:
        api.unpause(SYNC_DAG_ID)
        api.run(SYNC_DAG_ID)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for theme, suffix in (("light", ""), ("dark", "-dark")):
            page = chromium.new_context(base_url=url, viewport=VIEWPORT).new_page()
            page.goto("/dags")
            page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
            take_screenshots(page, suffix)
        chromium.close()


def take_screenshots(page: Page, suffix: str) -> None:
    """The overview, and the details of the repository that failed."""
    page.goto(UI)
    frame = page.frame_locator("iframe")
    failed = frame.get_by_role("row").filter(has_text="Failing")
    expect(failed).to_be_visible(timeout=TIMEOUT_SECONDS * 1000)
    page.screenshot(path=IMAGES / f"overview{suffix}.png")
    failed.get_by_role("link").first.click()
    expect(frame.get_by_role("heading", name="Attempts")).to_be_visible()
    page.screenshot(path=IMAGES / f"repository{suffix}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080")
