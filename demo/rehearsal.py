"""`make rehearse`: one day of trouble, and after each of them whether the tables are right."""

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
from demo.day_of_trouble import DAY, Trouble
from demo.github import SampleGitHub
from demo.home import Home
from demo.postgres import WAREHOUSE, Postgres, Row, stop_postgres
from demo.problems import DemoError
from demo.screen import Screen, Step
from demo.stage import Stage
from demo.tables import headline
from demo.truth import Comparison, compare
from github_sync.dag_ids import SYNC_DAG_ID, TRACK_DAG_ID

EVERYTHING: dict[str, Any] = {"repositories": [], "full_resync": False}
"""What a run does unless told otherwise; said outright, for one process runs the Dag many times."""


@dataclass(frozen=True)
class Aftermath:
    """What one trouble came to.

    :param remark: what happened, in a line
    :param complaints: what is not as it should be; empty when all is well
    """

    trouble: Trouble
    remark: str
    attempts: list[Row]
    found: Comparison
    complaints: list[str]

    @property
    def is_good(self) -> bool:
        """Whether it ended as it should."""
        return not self.complaints

    @property
    def rows_astray(self) -> int:
        """Rows that are not as GitHub has them, but for those that sync_failures names."""
        missing = self.trouble.missing
        return max(0, self.found.lost - missing) + max(0, self.found.wrong - missing)


class Rehearsal:
    """The whole day, in one home.

    :param until: the hour at which the day ends early
    :param tampered: a statement that is run behind the sync's back, before the tables are compared
    """

    def __init__(
        self, screen: Screen, home: Home, until: str = "24:00", tampered: str = ""
    ) -> None:
        self.screen = screen
        self.home = home
        self.until = until
        self.tampered = tampered
        self.aftermaths: list[Aftermath] = []
        self._stage: Stage

    @property
    def is_good(self) -> bool:
        """Whether everything ended as it should."""
        return all(one.is_good for one in self.aftermaths)

    def hold(self) -> None:
        """From an empty home to the last verdict."""
        began = time.monotonic()
        self._introduce()
        with self._everything():
            self.screen.print(headline("The day", "trouble, a run of the Dag, a verdict"))
            for trouble in (one for one in DAY if one.at <= self.until):
                self.aftermaths.append(self._live_through(trouble))
            self._conclude(time.monotonic() - began)

    def _introduce(self) -> None:
        what = "[name]GitHub Sync for Airflow[/]: a day of trouble, rehearsed"
        source = (
            "GitHub here is [note]SAMPLE DATA[/]: a made-up organization, served by an imitation "
            "of GitHub's API on this machine, which fails as GitHub does. Airflow, its Dags and "
            "PostgreSQL are real. After each trouble every pull request and every review is "
            "compared with GitHub's, column by column."
        )
        self.screen.print(Panel(f"{what}\n{source}", border_style="quiet", padding=(0, 1)))

    @contextmanager
    def _everything(self) -> Iterator[None]:
        with ExitStack() as stack:
            with self.screen.step("Start PostgreSQL, GitHub and Airflow") as step:
                stop_postgres(self.home)
                self.home.make_anew()
                airflow = stack.enter_context(Airflow(self.home))
                postgres = stack.enter_context(Postgres(self.home))
                postgres.create_database(WAREHOUSE)
                sample = SampleGitHub()
                stack.enter_context(sample.server)
                self._stage = Stage(sample, postgres, airflow)
                self._prepare(step)
            with self.screen.step(f"Track {len(sample.repositories)} repositories") as step:
                names = {"repositories": list(sample.repositories)}
                airflow.run(TRACK_DAG_ID, names, lambda _: None)
            yield

    def _prepare(self, step: Step) -> None:
        stage = self._stage
        stage.airflow.wait_until_prepared(step.note)
        stage.airflow.connect(
            github_default=stage.sample.airflow_connection,
            postgres_default=stage.postgres.airflow_connection(),
        )

    def _live_through(self, trouble: Trouble) -> Aftermath:
        stage = self._stage
        with self.screen.step(f"{trouble.at}  {trouble.title}") as step:
            [last] = stage.postgres.rows("find_last_attempt")
            remark = str(trouble.make(stage) or trouble.lesson)
            self._run(trouble, step, last["attempt_id"])
            stage.calm_github()
            if self.tampered:
                stage.postgres.run(self.tampered)
            attempts = stage.postgres.rows("list_attempts", after=last["attempt_id"])
            found = compare(stage.sample, stage.postgres)
            complaints = _complaints(trouble, attempts, found)
            step.mark = "[bad]✗[/]" if complaints else step.mark
        aftermath = Aftermath(trouble, remark, attempts, found, complaints)
        self._tell(aftermath)
        stage.world.clock.advance(1)
        return aftermath

    def _run(self, trouble: Trouble, step: Step, after: int) -> None:
        """One run of the Dag; another, if the first is killed with all of Airflow."""
        stage = self._stage

        def watch(_: str | None) -> None:
            [row] = stage.postgres.rows("follow_run", after=after)
            what = row["waits_for"] or row["at_work_on"] or ""
            step.note(f"{row['prs_synced']:,} pull requests, {row['requests']} requests  {what}")

        kills = stage.kills
        try:
            stage.airflow.run(SYNC_DAG_ID, EVERYTHING | trouble.conf, watch)
        except DemoError:
            if stage.kills == kills:
                raise
            step.note("Airflow is started again")
            stage.airflow.start()
            self._prepare(step)
            stage.airflow.run(SYNC_DAG_ID, EVERYTHING | trouble.conf, watch)

    def _tell(self, aftermath: Aftermath) -> None:
        found, statuses = aftermath.found, [row["status"] for row in aftermath.attempts]
        counted = ", ".join(
            f"{statuses.count(status)} {status}" for status in dict.fromkeys(statuses)
        )
        missing = aftermath.trouble.missing
        verdict = f"all but {missing} as GitHub has them" if missing else "all as GitHub has them"
        said = Text(f"        {aftermath.remark}\n        ", "quiet")
        said.append(
            f"{counted}; {found.stored_pull_requests:,} pull requests and "
            f"{found.stored_reviews:,} reviews"
        )
        said.append(", but not as GitHub has them" if aftermath.complaints else f", {verdict}")
        self.screen.print(said)
        for complaint in aftermath.complaints:
            self.screen.print(f"        [bad]{complaint}[/]")

    def _conclude(self, seconds: float) -> None:
        attempts = [row for one in self.aftermaths for row in one.attempts]
        failed = [row for row in attempts if row["status"] == "error" and row["is_final"]]
        self.screen.print(headline("What an operator saw"))
        for row in failed:
            self.screen.print(tables.failure_panel(row))
        counts = {
            "Troubles": len(self.aftermaths),
            "Requests struck by a fault": self._stage.faults_served,
            "Airflows killed": self._stage.kills,
            "Attempts": len(attempts),
            "Requests to GitHub": sum(row["requests"] for row in attempts),
            "Rows lost, doubled or invented": sum(one.rows_astray for one in self.aftermaths),
        }
        self.screen.print(headline("The day in numbers"), tables.count_table(counts), "")
        if self.is_good:
            self.screen.print(
                f"[good]✓[/] [name]After every trouble the tables were what GitHub had[/], "
                f"{seconds:.0f} s."
            )
        else:
            log = self.home.name(self.home.log)
            self.screen.print(f"[bad]✗ Not everything ended as it should.[/] {log} says more.")


def _complaints(trouble: Trouble, attempts: list[Row], found: Comparison) -> list[str]:
    complaints: list[str] = []
    if max(found.lost, found.wrong) > trouble.missing:
        complaints.append(f"{found.lost} rows lost, {found.wrong} wrong.")
    last: dict[str, Any] = {row["full_name"]: row for row in attempts}
    failed = sorted(name for name, row in last.items() if row["status"] != "complete")
    if failed != sorted(trouble.fails):
        complaints.append(f"Not complete: {', '.join(failed) or 'none'}.")
    missing = sum(row["prs_failed"] for row in last.values())
    if missing != trouble.missing:
        complaints.append(f"{missing} pull requests are in sync_failures.")
    return complaints
