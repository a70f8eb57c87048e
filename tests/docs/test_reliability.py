"""Every row of docs/reliability.md names a test that is there."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "reliability.md"
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE.read_text(encoding="utf-8"))))


def test_there_are_rows() -> None:
    assert len(NAMED) > 40


@pytest.mark.parametrize("name", NAMED)
def test_the_named_test_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    path = ROOT / file
    assert path.is_file(), f"docs/reliability.md names {file}, which is not there"
    text = path.read_text(encoding="utf-8")
    assert f"def {function}(" in text if function else "def test_" in text


@pytest.mark.parametrize(
    "row", [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
)
def test_every_row_names_one(row: str) -> None:
    is_head = row.startswith(("| What |", "| |")) or "Reached" in row
    is_figure = row.count("|") == 3
    assert is_head or is_figure or "`tests/" in row, f"no test is named for: {row}"
