"""A test that lacks a tool is skipped on a developer's machine, and fails in CI."""

from __future__ import annotations

import pytest

from tests.fixtures.tools import find_browser, lacking


def test_it_is_skipped_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        lacking("no browser")


def test_it_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.fail.Exception, match="no test may be skipped"):
        find_browser()
