"""The systems that the rehearsal uses and breaks: GitHub, Postgres and Airflow."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.airflow_process import Airflow
from demo.github import SampleGitHub
from demo.postgres import Postgres
from github_server import Fault, World


@dataclass
class Systems:
    """The systems, and the faults that were injected into them."""

    sample: SampleGitHub
    postgres: Postgres
    airflow: Airflow
    kills: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The data on the sample GitHub."""
        return self.sample.world

    def inject_fault(self, fault: Fault) -> None:
        """Apply a fault to the next requests to GitHub."""
        self.faults.append(self.world.faults.add(fault))

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.world.faults.clear()

    def kill_airflow(self) -> None:
        """Send SIGKILL to Airflow and its running tasks."""
        self.kills += 1
        self.airflow.kill()

    @property
    def requests_hit(self) -> int:
        """How many requests a fault has hit."""
        return sum(fault.times_used for fault in self.faults)
