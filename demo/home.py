"""The demo's folders: ``.local/`` of the checkout, and nothing outside it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from demo.errors import UsageError

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDER_VARIABLE = "GITHUB_SYNC_DEMO_FOLDER"
"""The environment variable that replaces ``.local/``."""

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
        """The command's own folder."""
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
        """The log of Airflow and its tasks."""
        return self.local / f"{self.command}.log"

    def recreate(self) -> None:
        """Create an empty home. Files of an earlier command are removed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.create()
        self.log.write_text("", encoding="utf-8")

    def create(self) -> None:
        """Create the folders that do not exist."""
        self.airflow.mkdir(parents=True, exist_ok=True)
        self.postgres.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Run one command of this kind at a time.

        :raises UsageError: another one is running
        """
        self.local.mkdir(parents=True, exist_ok=True)
        with (self.local / f"{self.command}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(
                    f"Another command is running in {self.folder}.",
                    "Wait until it ends.",
                ) from None
            yield

    def display_path(self, path: Path) -> str:
        """A path, relative to the checkout if it is in it."""
        return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else str(path)
