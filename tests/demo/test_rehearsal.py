"""`make rehearse`: all scenarios pass, and a wrong row makes one fail."""

from __future__ import annotations

import re

import pytest

from demo.scenarios import SCENARIOS, Scenario
from tests.demo.conftest import Command, Demo

# One process runs the command once for all tests.
pytestmark = pytest.mark.xdist_group("rehearsal")


@pytest.fixture(scope="module")
def rehearsal(demo: Demo) -> Command:
    """All scenarios."""
    return demo.run("rehearse", "--svg", str(demo.folder / "rehearsal.svg"))


def test_all_scenarios_pass(rehearsal: Command) -> None:
    assert rehearsal.exit_code == 0, rehearsal.text
    assert "SAMPLE DATA" in rehearsal.text
    assert "After every scenario the tables matched GitHub" in rehearsal.text
    assert "\u2717 Some scenarios failed" not in rehearsal.text


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.at)
def test_each_scenario_is_reported(rehearsal: Command, scenario: Scenario) -> None:
    title = f"\u2713 {scenario.at}  {scenario.title}"
    assert any(line.startswith(title) for line in rehearsal.lines), rehearsal.text


def test_the_faults_were_injected(rehearsal: Command) -> None:
    text = rehearsal.text
    for words in ("1 killed", "1 error, 1 complete", "1 waiting, 1 complete", "all but 2"):
        assert words in text, text
    hit = re.search(r"Requests hit by a fault\s+([\d,]+)", text)
    assert hit
    assert int(hit[1].replace(",", "")) > 20
    assert re.search(r"Kills of Airflow\s+1\b", text)
    assert re.search(r"Rows that differ from GitHub\s+0\b", text)
    assert re.search(r"repository_drift lists [1-6] repositories", text)


def test_failures_are_reported_with_a_remedy(rehearsal: Command) -> None:
    assert rehearsal.text.count("RepositoryNotFound") == 1
    assert "Grant the token access to it" in rehearsal.prose


def test_the_picture_is_drawn(rehearsal: Command, demo: Demo) -> None:
    assert rehearsal.exit_code == 0
    assert "rehearse" in (demo.folder / "rehearsal.svg").read_text(encoding="utf-8")


def test_it_leaves_nothing_running(rehearsal: Command, demo: Demo) -> None:
    assert rehearsal.exit_code == 0
    assert demo.processes() == []


def test_a_wrong_row_fails_the_scenario(other_demo: Demo) -> None:
    tampered = "update github.pull_requests set title = title || '!' where number = 3"

    command = other_demo.run("rehearse", "--until", "04:00", "--tamper", tampered)

    assert command.exit_code == 1
    assert "rows are wrong" in command.text
    assert "\u2717 04:00" in command.text
    assert "Some scenarios failed" in command.text
