"""The tour of `make demo`: two runs of the real Dags, and their results."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.panel import Panel

from demo import tables
from demo.airflow_process import Airflow, Watch
from demo.comparison import compare, rest_requests
from demo.errors import DemoError
from demo.github import RealGitHub, SampleGitHub
from demo.home import Home
from demo.postgres import WAREHOUSE, Postgres, Row, stop_postgres
from demo.screen import Screen, Step
from demo.tables import headline
from github_sync.dag_ids import (
    SUMMARY_TASK_ID,
    SYNC_DAG_ID,
    SYNC_TASK_ID,
    TRACK_DAG_ID,
    TRACK_TASK_ID,
)

EXPECTED_FAILURE = (
    "This failure is part of the sample: after tracking, the demo revoked the token's access to "
    "this repository. The other repositories were synced."
)
QUESTIONS = (
    ("How fast do we review and merge?", "medians; ", "measure_flow", tables.flow_table),
    (
        "Which pull requests have been open longest?",
        "",
        "find_slowest_open_pull_requests",
        tables.open_table,
    ),
    ("Who reviews most?", "", "rank_reviewers", tables.reviewer_table),
)


class Tour:
    """One tour, in one home."""

    def __init__(self, screen: Screen, home: Home, real: RealGitHub | None) -> None:
        self.screen = screen
        self.home = home
        self.real = real
        self.sample: SampleGitHub | None = None
        self.unexpected: list[str] = []
        """What failed unexpectedly; empty after a successful tour."""
        self._explained: set[str] = set()
        self._airflow: Airflow
        self._postgres: Postgres

    def run(self) -> None:
        """The whole tour, from an empty home."""
        started_at = time.monotonic()
        self._introduce()
        with self._start_systems():
            self._track()
            first = self._sync("First run")
            self._show_run("Result", first)
            self._show_questions()
            second = self._second_run()
            self._show_requests(first, second)
        self._conclude(time.monotonic() - started_at)

    def _introduce(self) -> None:
        title = "[name]GitHub Sync for Airflow[/]: pull requests, reviews and labels in Postgres"
        if self.real is None:
            source = (
                "GitHub here is [note]SAMPLE DATA[/]: a made-up organization, served by a local "
                "GitHub API server. For the real GitHub: "
                "[name]GITHUB_TOKEN=… REPOSITORIES=owner/name,… make demo[/]"
            )
        else:
            source = f"GitHub is [note]{self.real.name}[/], read with your token."
        self.screen.print(Panel(f"{title}\n{source}", border_style="quiet", padding=(0, 1)))

    @contextmanager
    def _start_systems(self) -> Iterator[None]:
        """Start Postgres, GitHub and Airflow, the slowest first."""
        with ExitStack() as stack:
            with self.screen.step("Start PostgreSQL") as step:
                stop_postgres(self.home)
                self.home.recreate()
                self._airflow = stack.enter_context(Airflow(self.home))
                self._postgres = stack.enter_context(Postgres(self.home))
                self._postgres.create_database(WAREHOUSE)
                step.outcome = f"in {self.home.display_path(self.home.postgres)}, from a wheel"
            github = self.real or self._start_sample(stack)
            with self.screen.step("Prepare Airflow's metadata database") as step:
                self._airflow.wait_until_prepared(step.note)
            self._airflow.connect(
                github_default=github.airflow_connection,
                postgres_default=self._postgres.airflow_connection(),
            )
            yield

    def _start_sample(self, stack: ExitStack) -> SampleGitHub:
        with self.screen.step("Start a local GitHub API server with sample data") as step:
            self.sample = SampleGitHub()
            server = stack.enter_context(self.sample.server)
            step.outcome = server.url
        return self.sample

    def _track(self) -> None:
        repositories = list((self.real or SampleGitHub).repositories)
        with self.screen.step(f"Track {len(repositories)} repositories ({TRACK_DAG_ID})") as step:
            step.note("Airflow's first run takes a moment")
            run = self._airflow.run(TRACK_DAG_ID, {"repositories": repositories}, step.note)
            result = run["results"].get(TRACK_TASK_ID) or {}
            if not result.get("tracked"):
                raise self._nothing_tracked(result)
            step.outcome = self._renaming()
        for refused in result["refused"]:
            self._check(False, f"{refused['name']} is not tracked: {refused['error']}")
        if self.sample:
            self.sample.revoke_access()

    def _nothing_tracked(self, result: dict[str, Any]) -> DemoError:
        reasons = " ".join(refused["error"] for refused in result.get("refused", []))
        log = self.home.display_path(self.home.log)
        return DemoError(reasons or "No repository could be tracked.", f"See {log}.")

    def _renaming(self) -> str:
        if self.sample is None:
            return ""
        old, new = (name.partition("/")[2] for name in self.sample.rename)
        return f"{old} is now {new}"

    def _sync(self, title: str) -> list[Row]:
        [last] = self._postgres.rows("find_last_attempt")
        with self.screen.step(f"{title} ({SYNC_DAG_ID})") as step:
            run = self._airflow.run(SYNC_DAG_ID, {}, self._progress_of(step, last["attempt_id"]))
        rows = self._postgres.rows("report_run", run_id=run["run_id"])
        others = sorted(set(run["failed"]) - {SYNC_TASK_ID, SUMMARY_TASK_ID})
        if others or not rows:
            log = self.home.display_path(self.home.log)
            raise DemoError(f"{' and '.join(others) or SYNC_DAG_ID} failed.", f"See {log}.")
        return rows

    def _progress_of(self, step: Step, after: int) -> Watch:
        total = len((self.real or SampleGitHub).repositories)

        def watch(_: str | None) -> None:
            [row] = self._postgres.rows("follow_run", after=after)
            detail = row["waiting_for"] or row["running"] or ""
            counts = f"{row['prs_synced']:,} pull requests, {row['requests']} requests"
            # One more than the repositories: the run also summarizes itself.
            step.note(f"{counts}  {detail}", row["repositories_done"], total + 1)

        return watch

    def _show_run(self, title: str, rows: list[Row]) -> None:
        self.screen.print(headline(title), tables.run_table(rows, self.screen.width))
        for row in rows:
            if row["status"] == "error":
                self._show_failure(row)

    def _show_failure(self, row: Row) -> None:
        if self.sample is None or row["full_name"] != self.sample.inaccessible:
            self.unexpected.append(f"{row['full_name']} failed.")
            self.screen.print("", tables.failure_panel(row))
        elif row["full_name"] in self._explained:
            text = f"{row['full_name']} is still inaccessible, as expected."
            self.screen.print(f"\n[bad]✗[/] {text}")
        else:
            self._explained.add(row["full_name"])
            self.screen.print("", tables.failure_panel(row, EXPECTED_FAILURE))

    def _show_questions(self) -> None:
        rows = self._postgres.rows
        for question, unit, statement, table in QUESTIONS:
            remark = f"{unit}demo/sql/{statement}.sql"
            self.screen.print(headline(question, remark), table(rows(statement), self.screen.width))

    def _second_run(self) -> list[Row]:
        if self.sample is None:
            self.screen.print("")
            rows = self._sync("Second run")
            self._show_run("Result of the second run", rows)
            return rows
        changes = self.sample.next_day()
        changed = sum(map(len, changes.values()))
        remark = f"{changed} pull requests change on the sample GitHub"
        self.screen.print(headline("The next day", remark), tables.change_table(changes), "")
        rows = self._sync("Second run")
        self._show_run("Result of the second run", rows)
        self._compare(self.sample, sum(int(row["prs_synced"]) for row in rows), changed)
        return rows

    def _show_requests(self, first: list[Row], second: list[Row]) -> None:
        runs = (first, second)
        measured = [sum(int(row["requests"]) for row in run) for run in runs]
        computed = [sum(rest_requests(int(row["prs_synced"])) for row in run) for run in runs]
        names = ("First run", "Second run")
        table = tables.request_table(measured, computed, names)
        self.screen.print(headline("Requests to GitHub"), table)

    def _compare(self, sample: SampleGitHub, fetched: int, changed: int) -> None:
        comparison = compare(sample, self._postgres)
        self.screen.print("")
        self._check(fetched == changed, f"{changed} pull requests changed; {fetched} were fetched.")
        self._check(
            comparison.is_equal,
            f"GitHub has {comparison.pull_requests:,} pull requests and {comparison.reviews:,} "
            f"reviews; the tables have {comparison.stored_pull_requests:,} and "
            f"{comparison.stored_reviews:,}.",
        )

    def _check(self, is_good: bool, text: str) -> None:
        self.screen.print(f"{'[good]✓[/]' if is_good else '[bad]✗[/]'} {text}")
        if not is_good:
            self.unexpected.append(text)

    def _conclude(self, seconds: float) -> None:
        self.screen.print(headline("Next steps"), tables.next_steps(self._next_steps()), "")
        if not self.unexpected:
            self.screen.print(
                f"[good]✓[/] [name]Everything worked as expected, in {seconds:.0f} s.[/]"
            )
            return
        for problem in self.unexpected:
            self.screen.print(f"[bad]✗[/] {escape(problem)}")
        self.screen.print(f"  Airflow's log: {self.home.display_path(self.home.log)}")

    def _next_steps(self) -> dict[str, str]:
        python = self.home.display_path(Path(sys.executable))
        steps = {
            f"{python} -m demo psql": "query these tables (\\dt lists them)",
            "make up": "start an Airflow with its UI and the same data",
            "make test": "run all tests",
            "docs/deploying.md": "deploy it to your own Airflow",
        }
        if self.sample:
            steps["GITHUB_TOKEN=… REPOSITORIES=… make demo"] = "sync your own repositories"
        return steps
