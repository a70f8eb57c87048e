"""What the rehearsal makes trouble with: GitHub, Postgres and Airflow, all at its mercy."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.airflow_process import Airflow
from demo.github import SampleGitHub
from demo.postgres import Postgres
from github_server import Fault, World


@dataclass
class Stage:
    """The parts, and what was done to them."""

    sample: SampleGitHub
    postgres: Postgres
    airflow: Airflow
    kills: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def world(self) -> World:
        """What GitHub has."""
        return self.sample.world

    def break_github(self, fault: Fault) -> None:
        """Let this happen to requests to come, until it is calm again."""
        self.faults.append(self.world.faults.add(fault))

    def calm_github(self) -> None:
        """No more faults."""
        self.world.faults.clear()

    def kill_airflow(self) -> None:
        """SIGKILL to Airflow, with all that it is doing."""
        self.kills += 1
        self.airflow.kill()

    @property
    def faults_served(self) -> int:
        """How often a request was struck."""
        return sum(fault.times_used for fault in self.faults)
