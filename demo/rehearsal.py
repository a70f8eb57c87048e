"""`make rehearse`: injects faults, and compares the tables with GitHub after each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from rich.panel import Panel
from rich.text import Text

from demo import tables
from demo.airflow_process import Airflow
from demo.comparison import Comparison, compare
from demo.errors import DemoError
from demo.github import SampleGitHub
from demo.home import Home
from demo.postgres import WAREHOUSE, Postgres, Row, stop_postgres
from demo.scenarios import SCENARIOS, Scenario
from demo.screen import Screen, Step
from demo.systems import Systems
from demo.tables import headline
from github_sync.dag_ids import SYNC_DAG_ID, TRACK_DAG_ID

DEFAULT_CONF: dict[str, Any] = {"repositories": [], "full_resync": False}
"""A run's default, passed explicitly because one process runs the Dag several times."""


@dataclass(frozen=True)
class ScenarioResult:
    """The result of one scenario.

    :param summary: what happened, in one line
    :param problems: what differs from the expected result; empty if the scenario passed
    """

    scenario: Scenario
    summary: str
    attempts: list[Row]
    comparison: Comparison
    problems: list[str]

    @property
    def passed(self) -> bool:
        """Whether the result is the expected one."""
        return not self.problems

    @property
    def wrong_rows(self) -> int:
        """Rows that differ from GitHub, without those recorded in sync_failures."""
        expected = self.scenario.failed_prs
        lost, wrong = self.comparison.only_on_github, self.comparison.only_in_tables
        return max(0, lost - expected) + max(0, wrong - expected)


class Rehearsal:
    """All scenarios, in one home.

    :param until: the last scenario's hour
    :param tamper_sql: a statement that changes the tables before each comparison, or empty
    """

    def __init__(
        self, screen: Screen, home: Home, until: str = "24:00", tamper_sql: str = ""
    ) -> None:
        self.screen = screen
        self.home = home
        self.until = until
        self.tamper_sql = tamper_sql
        self.results: list[ScenarioResult] = []
        self._systems: Systems

    @property
    def passed(self) -> bool:
        """Whether all scenarios passed."""
        return all(result.passed for result in self.results)

    def run(self) -> None:
        """Run all scenarios, from an empty home."""
        started_at = time.monotonic()
        self._introduce()
        with self._start_systems():
            steps = "inject a fault, run the Dag, compare the tables with GitHub"
            self.screen.print(headline("Scenarios", steps))
            for scenario in (one for one in SCENARIOS if one.at <= self.until):
                self.results.append(self._run_scenario(scenario))
            self._conclude(time.monotonic() - started_at)

    def _introduce(self) -> None:
        title = "[name]GitHub Sync for Airflow[/]: fault rehearsal"
        source = (
            "GitHub here is [note]SAMPLE DATA[/]: a made-up organization, served by a local GitHub "
            "API server that fails as GitHub does. Airflow, its Dags and PostgreSQL are real. "
            "After each scenario every pull request, review and label is compared with GitHub, "
            "column by column."
        )
        self.screen.print(Panel(f"{title}\n{source}", border_style="quiet", padding=(0, 1)))

    @contextmanager
    def _start_systems(self) -> Iterator[None]:
        with ExitStack() as stack:
            with self.screen.step("Start PostgreSQL, GitHub and Airflow") as step:
                stop_postgres(self.home)
                self.home.recreate()
                airflow = stack.enter_context(Airflow(self.home))
                postgres = stack.enter_context(Postgres(self.home))
                postgres.create_database(WAREHOUSE)
                sample = SampleGitHub()
                stack.enter_context(sample.server)
                self._systems = Systems(sample, postgres, airflow)
                self._prepare(step)
            with self.screen.step(f"Track {len(sample.repositories)} repositories") as step:
                names = {"repositories": list(sample.repositories)}
                airflow.run(TRACK_DAG_ID, names, lambda _: None)
            yield

    def _prepare(self, step: Step) -> None:
        systems = self._systems
        systems.airflow.wait_until_prepared(step.note)
        systems.airflow.connect(
            github_default=systems.sample.airflow_connection,
            postgres_default=systems.postgres.airflow_connection(),
        )

    def _run_scenario(self, scenario: Scenario) -> ScenarioResult:
        systems = self._systems
        with self.screen.step(f"{scenario.at}  {scenario.title}") as step:
            [last] = systems.postgres.rows("find_last_attempt")
            summary = str(scenario.inject(systems) or scenario.expected)
            self._run_dag(scenario, step, last["attempt_id"])
            systems.clear_faults()
            if self.tamper_sql:
                systems.postgres.run(self.tamper_sql)
            attempts = systems.postgres.rows("list_attempts", after=last["attempt_id"])
            comparison = compare(systems.sample, systems.postgres)
            problems = _find_problems(scenario, attempts, comparison)
            step.mark = "[bad]✗[/]" if problems else step.mark
        result = ScenarioResult(scenario, summary, attempts, comparison, problems)
        self._show(result)
        systems.world.clock.advance(1)
        return result

    def _run_dag(self, scenario: Scenario, step: Step, after: int) -> None:
        """Run the Dag; run it again if the scenario killed Airflow."""
        systems = self._systems

        def show_progress(_: str | None) -> None:
            [row] = systems.postgres.rows("follow_run", after=after)
            detail = row["waiting_for"] or row["running"] or ""
            step.note(f"{row['prs_synced']:,} pull requests, {row['requests']} requests  {detail}")

        kills = systems.kills
        try:
            systems.airflow.run(SYNC_DAG_ID, DEFAULT_CONF | scenario.conf, show_progress)
        except DemoError:
            if systems.kills == kills:
                raise
            step.note("restarting Airflow")
            systems.airflow.start()
            self._prepare(step)
            systems.airflow.run(SYNC_DAG_ID, DEFAULT_CONF | scenario.conf, show_progress)

    def _show(self, result: ScenarioResult) -> None:
        stored, statuses = result.comparison, [row["status"] for row in result.attempts]
        attempts = ", ".join(
            f"{statuses.count(status)} {status}" for status in dict.fromkeys(statuses)
        )
        failed = result.scenario.failed_prs
        verdict = f"all but {failed} match GitHub" if failed else "all match GitHub"
        text = Text(f"        {result.summary}\n        ", "quiet")
        text.append(
            f"attempts: {attempts}; {stored.stored_pull_requests:,} pull requests and "
            f"{stored.stored_reviews:,} reviews, "
        )
        text.append("not all match GitHub" if result.problems else verdict)
        self.screen.print(text)
        for problem in result.problems:
            self.screen.print(f"        [bad]{problem}[/]")

    def _conclude(self, seconds: float) -> None:
        attempts = [row for result in self.results for row in result.attempts]
        failed = [row for row in attempts if row["status"] == "error" and row["is_final"]]
        self.screen.print(headline("Reported failures"))
        for row in failed:
            self.screen.print(tables.failure_panel(row))
        counts = {
            "Scenarios": len(self.results),
            "Requests hit by a fault": self._systems.requests_hit,
            "Kills of Airflow": self._systems.kills,
            "Attempts": len(attempts),
            "Requests to GitHub": sum(row["requests"] for row in attempts),
            "Rows that differ from GitHub": sum(result.wrong_rows for result in self.results),
        }
        self.screen.print(headline("Totals"), tables.count_table(counts), "")
        if self.passed:
            self.screen.print(
                f"[good]✓[/] [name]After every scenario the tables matched GitHub[/], "
                f"{seconds:.0f} s."
            )
        else:
            log = self.home.display_path(self.home.log)
            self.screen.print(f"[bad]✗ Some scenarios failed.[/] See {log}.")


def _find_problems(scenario: Scenario, attempts: list[Row], comparison: Comparison) -> list[str]:
    problems: list[str] = []
    lost, wrong = comparison.only_on_github, comparison.only_in_tables
    if max(lost, wrong) > scenario.failed_prs:
        problems.append(f"{lost} rows of GitHub are not in the tables, {wrong} rows are wrong.")
    last: dict[str, Any] = {row["full_name"]: row for row in attempts}
    failed = sorted(name for name, row in last.items() if row["status"] != "complete")
    if failed != sorted(scenario.failed_repositories):
        problems.append(f"Repositories that are not complete: {', '.join(failed) or 'none'}.")
    failed_prs = sum(row["prs_failed"] for row in last.values())
    if failed_prs != scenario.failed_prs:
        problems.append(f"sync_failures has {failed_prs} pull requests.")
    return problems
