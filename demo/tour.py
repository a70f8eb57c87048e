"""The tour of `make demo`: two runs of the real Dags, and what came of them."""

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
from demo.github import RealGitHub, SampleGitHub
from demo.home import Home
from demo.postgres import WAREHOUSE, Postgres, Row, stop_postgres
from demo.problems import DemoError
from demo.screen import Screen, Step
from demo.tables import headline
from demo.truth import compare, old_requests
from github_sync.dag_ids import (
    SUMMARY_TASK_ID,
    SYNC_DAG_ID,
    SYNC_TASK_ID,
    TRACK_DAG_ID,
    TRACK_TASK_ID,
)

PART_OF_THE_SAMPLE = (
    "This failure is part of the sample: after tracking, the demo took the token's access to this "
    "repository away. The others went on."
)
QUESTIONS = (
    ("How fast do we review and merge?", "medians; ", "measure_flow", tables.flow_table),
    ("What has been open for longest?", "", "find_slowest_open_pull_requests", tables.open_table),
    ("Who reviews?", "", "rank_reviewers", tables.reviewer_table),
)


class Tour:
    """One tour, through one home."""

    def __init__(self, screen: Screen, home: Home, real: RealGitHub | None) -> None:
        self.screen = screen
        self.home = home
        self.real = real
        self.sample: SampleGitHub | None = None
        self.unexpected: list[str] = []
        """What failed that should not have; empty after a good tour."""
        self._explained: set[str] = set()
        self._airflow: Airflow
        self._postgres: Postgres

    def take(self) -> None:
        """The whole tour, from an empty home."""
        began = time.monotonic()
        self._introduce()
        with self._everything():
            self._track()
            first = self._sync("First run")
            self._show_run("What came of it", first)
            self._show_questions()
            second = self._second_run()
            self._show_savings(first, second)
        self._conclude(time.monotonic() - began)

    def _introduce(self) -> None:
        what = "[name]GitHub Sync for Airflow[/]: pull requests and reviews in Postgres"
        if self.real is None:
            source = (
                "GitHub here is [note]SAMPLE DATA[/]: a made-up organization, served by an "
                "imitation of GitHub's API on this machine. For the real one: "
                "[name]GITHUB_TOKEN=… REPOSITORIES=owner/name,… make demo[/]"
            )
        else:
            source = f"GitHub is [note]{self.real.name}[/], read with your token."
        self.screen.print(Panel(f"{what}\n{source}", border_style="quiet", padding=(0, 1)))

    @contextmanager
    def _everything(self) -> Iterator[None]:
        """Postgres, GitHub and Airflow, the slowest started first."""
        with ExitStack() as stack:
            with self.screen.step("Start PostgreSQL") as step:
                stop_postgres(self.home)
                self.home.make_anew()
                self._airflow = stack.enter_context(Airflow(self.home))
                self._postgres = stack.enter_context(Postgres(self.home))
                self._postgres.create_database(WAREHOUSE)
                step.outcome = f"in {self.home.name(self.home.postgres)}, from a wheel"
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
            step.note("an Airflow's first run takes a moment")
            run = self._airflow.run(TRACK_DAG_ID, {"repositories": repositories}, step.note)
            result = run["results"].get(TRACK_TASK_ID) or {}
            if not result.get("tracked"):
                raise self._nothing_tracked(result)
            step.outcome = self._renamed()
        for refused in result["refused"]:
            self._verdict(False, f"{refused['name']} is not tracked: {refused['error']}")
        if self.sample:
            self.sample.hide_a_repository()

    def _nothing_tracked(self, result: dict[str, Any]) -> DemoError:
        reasons = " ".join(refused["error"] for refused in result.get("refused", []))
        log = self.home.name(self.home.log)
        return DemoError(reasons or "No repository could be tracked.", f"{log} says more.")

    def _renamed(self) -> str:
        if self.sample is None:
            return ""
        old, new = (name.partition("/")[2] for name in self.sample.rename)
        return f"{old} is now {new}"

    def _sync(self, title: str) -> list[Row]:
        [last] = self._postgres.rows("find_last_attempt")
        with self.screen.step(f"{title} ({SYNC_DAG_ID})") as step:
            run = self._airflow.run(SYNC_DAG_ID, {}, self._following(step, last["attempt_id"]))
        rows = self._postgres.rows("report_run", run_id=run["run_id"])
        others = sorted(set(run["failed"]) - {SYNC_TASK_ID, SUMMARY_TASK_ID})
        if others or not rows:
            log = self.home.name(self.home.log)
            raise DemoError(f"{' and '.join(others) or SYNC_DAG_ID} failed.", f"{log} says more.")
        return rows

    def _following(self, step: Step, after: int) -> Watch:
        total = len((self.real or SampleGitHub).repositories)

        def watch(_: str | None) -> None:
            [row] = self._postgres.rows("follow_run", after=after)
            what = row["waits_for"] or row["at_work_on"] or ""
            counts = f"{row['prs_synced']:,} pull requests, {row['requests']} requests"
            # One more than there are: the run has a summary to write, too.
            step.note(f"{counts}  {what}", row["repositories_done"], total + 1)

        return watch

    def _show_run(self, title: str, rows: list[Row]) -> None:
        self.screen.print(headline(title), tables.run_table(rows, self.screen.width))
        for row in rows:
            if row["status"] == "error":
                self._show_failure(row)

    def _show_failure(self, row: Row) -> None:
        if self.sample is None or row["full_name"] != self.sample.hidden:
            self.unexpected.append(f"{row['full_name']} failed.")
            self.screen.print("", tables.failure_panel(row))
        elif row["full_name"] in self._explained:
            said = f"{row['full_name']} is still out of reach, as arranged."
            self.screen.print(f"\n[bad]✗[/] {said}")
        else:
            self._explained.add(row["full_name"])
            self.screen.print("", tables.failure_panel(row, PART_OF_THE_SAMPLE))

    def _show_questions(self) -> None:
        ask = self._postgres.rows
        for question, about, statement, show in QUESTIONS:
            remark = f"{about}demo/sql/{statement}.sql"
            self.screen.print(headline(question, remark), show(ask(statement), self.screen.width))

    def _second_run(self) -> list[Row]:
        if self.sample is None:
            self.screen.print("")
            rows = self._sync("Second run")
            self._show_run("What changed meanwhile", rows)
            return rows
        changes = self.sample.next_day()
        changed = sum(map(len, changes.values()))
        remark = f"{changed} pull requests change on the sample GitHub"
        self.screen.print(headline("The next day", remark), tables.change_table(changes), "")
        rows = self._sync("Second run")
        self._show_run("Only those were fetched", rows)
        self._check(self.sample, sum(int(row["prs_synced"]) for row in rows), changed)
        return rows

    def _show_savings(self, first: list[Row], second: list[Row]) -> None:
        runs = (first, second)
        measured = [sum(int(row["requests"]) for row in run) for run in runs]
        computed = [sum(old_requests(int(row["prs_synced"])) for row in run) for run in runs]
        names = ("First run", "Second run")
        table = tables.request_table(measured, computed, names)
        self.screen.print(headline("Requests to GitHub"), table)

    def _check(self, sample: SampleGitHub, fetched: int, changed: int) -> None:
        found = compare(sample, self._postgres)
        self.screen.print("")
        self._verdict(
            fetched == changed, f"{changed} pull requests had changed; {fetched} were fetched."
        )
        self._verdict(
            found.is_equal,
            f"GitHub has {found.pull_requests:,} pull requests and {found.reviews:,} reviews; "
            f"the tables hold {found.stored_pull_requests:,} and {found.stored_reviews:,}.",
        )

    def _verdict(self, is_good: bool, text: str) -> None:
        self.screen.print(f"{'[good]✓[/]' if is_good else '[bad]✗[/]'} {text}")
        if not is_good:
            self.unexpected.append(text)

    def _conclude(self, seconds: float) -> None:
        self.screen.print(headline("What next"), tables.next_steps(self._next_steps()), "")
        if not self.unexpected:
            self.screen.print(f"[good]✓[/] [name]All as it should be, in {seconds:.0f} s.[/]")
            return
        for problem in self.unexpected:
            self.screen.print(f"[bad]✗[/] {escape(problem)}")
        self.screen.print(f"  {self.home.name(self.home.log)} has all that Airflow said.")

    def _next_steps(self) -> dict[str, str]:
        python = self.home.name(Path(sys.executable))
        steps = {
            f"{python} -m demo psql": "query these tables (\\dt lists them)",
            "make up": "the same in an Airflow with its UI",
            "make test": "run all tests",
            "docs/deploying.md": "put it into your own Airflow",
        }
        if self.sample:
            steps["GITHUB_TOKEN=… REPOSITORIES=… make demo"] = "your own repositories"
        return steps
