"""The folders in which the demo lives: ``.local/`` of the checkout, and nothing outside it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from demo.problems import UsageError

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDER_VARIABLE = "GITHUB_SYNC_DEMO_FOLDER"
"""The environment variable that names another folder than ``.local/``."""

Command = Literal["demo", "up", "rehearsal"]


@dataclass(frozen=True)
class Home:
    """Where one command keeps its Airflow, its PostgreSQL and its logs."""

    local: Path
    command: Command

    @classmethod
    def of(cls, command: Command) -> Home:
        """The home of `make demo`, `make up` or `make rehearse`; each has its own."""
        return cls(Path(os.environ.get(FOLDER_VARIABLE) or CHECKOUT / ".local").resolve(), command)

    @property
    def folder(self) -> Path:
        """What belongs to this command alone."""
        return self.local / self.command

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.folder / "airflow"

    @property
    def postgres(self) -> Path:
        """The data of the embedded PostgreSQL."""
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        """What Airflow and its tasks have to say."""
        return self.local / f"{self.command}.log"

    def make_anew(self) -> None:
        """An empty home; what an earlier command left behind is removed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.make()
        self.log.write_text("", encoding="utf-8")

    def make(self) -> None:
        """The folders, where they are missing."""
        self.airflow.mkdir(parents=True, exist_ok=True)
        self.postgres.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep a second command of this kind out while this one works.

        :raises UsageError: another is at work
        """
        self.local.mkdir(parents=True, exist_ok=True)
        with (self.local / f"{self.command}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(
                    f"Another command is at work in {self.folder}.",
                    "Wait until it is done.",
                ) from None
            yield

    def name(self, path: Path) -> str:
        """A path as a person in the checkout would write it."""
        return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else str(path)
