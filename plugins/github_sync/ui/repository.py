"""One repository: its state, its failures, and its last attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from pydantic import BaseModel, field_validator

from github_sync.entities.values import Row
from github_sync.store.warehouse import Warehouse
from github_sync.sync.drift import differences, remedy
from github_sync.sync.progress import Progress
from github_sync.ui.chart import ATTEMPTS, Chart, make_chart

MAX_FAILURES = 200


@dataclass(frozen=True)
class RepositoryDetails:
    """What the UI shows of one repository.

    :param repository: its row of repository_overview, with GitHub's counts
    :param attempts: the last ones, the newest first
    :param failures: pull requests that could not be stored
    :param drift: its row of ``runs/find_drift``, if it has one
    """

    repository: Row
    attempts: list[Row]
    failures: list[Row]
    drift: Row | None
    charts: list[Chart]

    @property
    def differences(self) -> list[tuple[str, int, int]]:
        """State, GitHub's count and ours, where they differ."""
        return differences(self.drift) if self.drift else []

    @property
    def drift_remedy(self) -> str:
        """What to do about them."""
        return remedy(self.drift) if self.drift else ""


def read_repository_details(warehouse: Warehouse, repository_id: int) -> RepositoryDetails | None:
    """The details, or None if no such repository is tracked. Call it within a transaction."""
    found = warehouse.run("ui/read_repository_overview", repository_id=repository_id)
    if not found:
        return None
    attempts = warehouse.run("ui/read_attempts", repository_id=repository_id, at_most=ATTEMPTS)
    drift = warehouse.run("runs/find_drift", repositories=[repository_id])
    return RepositoryDetails(
        found[0],
        attempts,
        warehouse.run("ui/read_failures", repository_id=repository_id, at_most=MAX_FAILURES),
        drift[0] if drift else None,
        [
            make_chart("Seconds", attempts, "seconds"),
            make_chart("Pull requests", attempts, "prs_synced"),
            make_chart("Requests", attempts, "requests"),
        ],
    )


class InstanceKey(BaseModel):
    """The task instance whose tab Airflow's UI shows; ``map_index`` is -1 if it is not mapped."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1

    @field_validator("run_id")
    @classmethod
    def _restore_plus_signs(cls, run_id: str) -> str:
        """Airflow 3.1 does not encode them in the URL, where they mean spaces."""
        return run_id.replace(" ", "+")


def find_instance(warehouse: Warehouse, key: InstanceKey) -> int | None:
    """The repository of a task instance; None if the instance has not started."""
    found = warehouse.run("ui/find_instance", run_id=key.run_id, map_index=key.map_index)
    return found[0]["repository_id"] if found else None


def progress_of(repository: Row) -> Progress | None:
    """The progress of an unfinished scan; None if there is none.

    :param repository: its row of repository_overview
    """
    read = repository["scan_prs_read"]
    if read is None:
        return None
    seconds = 0.0
    if repository["attempt_status"] == "running":
        seconds = (datetime.now(timezone.utc) - repository["started_at"]).total_seconds()
    return Progress(read, repository["scan_prs_total"], repository["prs_synced"] or 0, seconds)
