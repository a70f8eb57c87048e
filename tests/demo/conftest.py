"""Runs the demo's commands as a person would, each in the test's own folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from github_server import ALWAYS, SAMPLE_TOKEN, Fault, GitHubServer, World

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 180
END = "---"
# The configuration of another Airflow on the machine, which the demo must not use.
FOREIGN = {
    "AIRFLOW__CORE__DAGS_FOLDER": "/nonexistent",
    "AIRFLOW_CONN_POSTGRES_DEFAULT": "postgresql://nobody@nowhere.invalid/nothing",
    "GITHUB_SYNC_POSTGRES_CONN_ID": "elsewhere",
    "SENTRY_DSN": "https://key@sentry.invalid/1",
}


@dataclass
class Command:
    """A running command of the demo, its output, and the seconds between its lines."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    silences: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def prose(self) -> str:
        """The text without frames and line breaks."""
        return " ".join(self.text.replace("│", " ").split())

    @property
    def exit_code(self) -> int:
        return self.process.returncode

    def read(self, until: str | None = None) -> Command:
        """Read what it prints, until a line contains this text or it ends."""
        assert self.process.stdout is not None
        if self.process.stdout.closed:
            return self
        last = time.monotonic()
        for line in self.process.stdout:
            now = time.monotonic()
            self.silences.append(now - last)
            last = now
            self.lines.append(line.rstrip("\n"))
            if until and until in line:
                return self
        self.process.stdout.close()
        self.process.wait(TIMEOUT_SECONDS)
        return self

    def section(self, title: str) -> list[list[str]]:
        """The cells of the table under this headline."""
        start = next(i for i, line in enumerate(self.lines) if line.startswith(title))
        rows = self.lines[start:]
        rule = next(i for i, line in enumerate(rows) if line.startswith("──"))
        body = []
        for line in rows[rule + 1 :]:
            if line and not line.strip() and body:
                continue  # the line above a footer
            if not line:
                break
            body.append(re.split(r"\s{2,}", line.strip()))
        return body


@dataclass(frozen=True)
class Demo:
    """The demo in one folder."""

    folder: Path

    def start(self, *arguments: str, **environment: str) -> Command:
        inherited = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
        process = subprocess.Popen(
            [sys.executable, "-m", "demo", *arguments],
            cwd=ROOT,
            env=inherited | FOREIGN | {"GITHUB_SYNC_DEMO_FOLDER": str(self.folder)} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return Command(process)

    def run(self, *arguments: str, **environment: str) -> Command:
        return self.start(*arguments, **environment).read()

    def query(self, sql: str, *options: str) -> list[list[str]]:
        """The rows that psql prints."""
        [rows] = self.queries(sql, options=options)
        return rows

    def queries(self, *statements: str, options: tuple[str, ...] = ()) -> list[list[list[str]]]:
        """The rows of each statement, from one call of psql."""
        flags = [flag for sql in statements for flag in ("-c", sql, "-c", f"\\echo {END}")]
        printed = self.run("psql", *options, "--", "-At", "-F", "\t", *flags)
        assert printed.exit_code == 0, printed.text
        answers = printed.text.split(END)[:-1]
        return [[line.split("\t") for line in answer.splitlines() if line] for answer in answers]

    def processes(self) -> list[str]:
        """The processes that still run in this folder."""
        return [
            " ".join(process.info["cmdline"])
            for process in psutil.process_iter(["cmdline"])
            if str(self.folder) in " ".join(process.info["cmdline"] or ())
        ]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo with sample data."""
    return Demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def other_demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Another, in another folder."""
    return Demo(tmp_path_factory.mktemp("other"))


@pytest.fixture(scope="session")
def my_github() -> Iterator[GitHubServer]:
    """Not the sample: a busy repository, an idle one, and one behind single sign-on."""
    world = World()
    busy = world.repository("my-org/busy")
    for number in range(3):
        busy.pull_request(f"feat: {number}", author=world.user("me"))
    world.repository("my-org/idle")
    locked = world.repository("my-org/locked")
    message = "Resource protected by organization SAML enforcement."
    world.faults.add(
        Fault(
            operation="ChangedPullRequests",
            variables=lambda variables: locked.id in variables.values(),
            graphql_errors=[{"type": "FORBIDDEN", "message": message}],
            times=ALWAYS,
        )
    )
    with GitHubServer(world) as server:
        yield server


@pytest.fixture(scope="session")
def interrupted(demo: Demo) -> Command:
    """Ctrl-C while it prepares Airflow."""
    command = demo.start().read(until="Prepare Airflow's metadata database")
    command.process.send_signal(signal.SIGINT)
    return command.read()


@dataclass(frozen=True)
class Tours:
    """Both tours, run at the same time."""

    sample: Command
    mine: Command


@pytest.fixture(scope="session")
def tours(demo: Demo, other_demo: Demo, my_github: GitHubServer, interrupted: Command) -> Tours:
    """`make demo` with sample data, and with a token, side by side."""
    del interrupted  # over, however it went: its folder is used again
    mine = other_demo.start(
        GITHUB_TOKEN=SAMPLE_TOKEN,
        GITHUB_API_URL=my_github.url,
        REPOSITORIES="my-org/busy, my-org/idle,my-org/locked,my-org/nonexistent",
    )
    sample = demo.start("--svg", str(demo.folder / "picture.svg")).read()
    return Tours(sample, mine.read())
