"""The tree of errors is as it is drawn, and every error says what to do."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from github_sync import errors
from github_sync.errors import QueryRefused, RateLimited, SyncError

PACKAGE = Path(errors.__file__).parent


def test_the_tree_is_drawn_as_it_is() -> None:
    for path in PACKAGE.glob("*.py"):
        importlib.import_module(f"github_sync.{path.stem}")
    assert drawn(errors.__doc__ or "") == real(SyncError)


def drawn(docstring: str) -> dict[str, str]:
    """Each class in the drawing with the class that it hangs from."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in docstring.splitlines():
        if found := re.match(r"([\s│├└─]*)([A-Z]\w*)(\s{2,}|$)", line):
            column, name = len(found[1]), found[2]
            above = [one for one in above if one[0] < column]
            parents[name] = above[-1][1] if above else "Exception"
            above.append((column, name))
    return parents


def real(root: type[Exception]) -> dict[str, str]:
    """Each class with its base, for the root and all below it that the package defines."""
    parents = {root.__name__: root.__bases__[0].__name__}
    for below in root.__subclasses__():
        if below.__module__.startswith("github_sync."):
            parents |= real(below)
    return parents


def test_the_drawing_is_read_right() -> None:
    text = "    A\n    ├── B   says\n    │   └── C\n    └── D   says\n"
    assert drawn(text) == {"A": "Exception", "B": "A", "C": "B", "D": "A"}


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (SyncError("It broke."), "It broke."),
        (SyncError("It broke.", "Fix it."), "It broke. Fix it."),
        (QueryRefused("400.", request_id="A:1"), "400. (GitHub request A:1)"),
        (SyncError("It broke.", "Fix it.", "A:1"), "It broke. Fix it. (GitHub request A:1)"),
        (RateLimited("Spent.", 60, "A:1"), "Spent. (GitHub request A:1)"),
    ],
)
def test_an_error_reads_as_one_message(error: SyncError, text: str) -> None:
    assert str(error) == text


def test_an_error_carries_its_data() -> None:
    assert RateLimited("Spent.", 61.5).retry_after == 61.5
    assert SyncError("It broke.", "Fix it.", "A:1").request_id == "A:1"
