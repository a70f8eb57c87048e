"""`make rehearse`: after a day of trouble the tables are right, by a verdict that can fail."""

from __future__ import annotations

import re

import pytest

from demo.day_of_trouble import DAY
from tests.demo.conftest import Command, Demo

# What they look at is made once, by the process that runs them.
pytestmark = pytest.mark.xdist_group("rehearsal")


@pytest.fixture(scope="module")
def rehearsal(demo: Demo) -> Command:
    """The whole day."""
    return demo.run("rehearse", "--svg", str(demo.folder / "rehearsal.svg"))


def test_it_ends_well_and_says_so(rehearsal: Command) -> None:
    assert rehearsal.exit_code == 0, rehearsal.text
    assert "SAMPLE DATA" in rehearsal.text
    assert "After every trouble the tables were what GitHub had" in rehearsal.text
    assert "\u2717 Not everything" not in rehearsal.text


@pytest.mark.parametrize("trouble", DAY, ids=lambda trouble: trouble.at)
def test_each_trouble_has_its_verdict(rehearsal: Command, trouble: object) -> None:
    title = f"\u2713 {trouble.at}  {trouble.title}"
    assert any(line.startswith(title) for line in rehearsal.lines), rehearsal.text


def test_the_troubles_really_happened(rehearsal: Command) -> None:
    text = rehearsal.text
    for word in ("1 killed", "1 error, 1 complete", "1 waiting, 1 complete", "all but 2"):
        assert word in text, text
    struck = re.search(r"Requests struck by a fault\s+([\d,]+)", text)
    assert struck
    assert int(struck[1].replace(",", "")) > 20
    assert re.search(r"Airflows killed\s+1\b", text)
    assert re.search(r"Rows lost, doubled or invented\s+0\b", text)
    assert re.search(r"repository_drift names [1-6] repositories", text)


def test_an_operator_is_shown_what_failed_and_what_to_do(rehearsal: Command) -> None:
    assert rehearsal.text.count("RepositoryNotFound") == 1
    assert "Give the token access to it" in rehearsal.text


def test_the_picture_is_drawn(rehearsal: Command, demo: Demo) -> None:
    assert rehearsal.exit_code == 0
    assert "rehearse" in (demo.folder / "rehearsal.svg").read_text(encoding="utf-8")


def test_it_leaves_nothing_running(rehearsal: Command, demo: Demo) -> None:
    assert rehearsal.exit_code == 0
    assert demo.processes() == []


def test_a_row_that_is_not_githubs_is_noticed(other_demo: Demo) -> None:
    """Were the sync to lose or invent anything, the rehearsal would say so."""
    tampered = "update github.pull_requests set title = title || '!' where number = 3"

    command = other_demo.run("rehearse", "--until", "04:00", "--tamper", tampered)

    assert command.exit_code == 1
    assert "rows lost" in command.text
    assert "\u2717 04:00" in command.text
    assert "Not everything ended as it should" in command.text
