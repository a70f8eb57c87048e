"""What is a repository's name, and when two names are one."""

from __future__ import annotations

import pytest

from github_sync.entities.names import repeated, split_full_name, without_repeats
from github_sync.errors import ConfigurationError


@pytest.mark.parametrize(
    "full_name",
    [
        "acme/api",
        "Acme/API",
        "a/b",
        "acme/.github",
        "acme/...",
        "acme/a.b-c_d",
        "octo_emu/api",
        "0-0/-",
        "a" * 39 + "/" + "b" * 100,
    ],
)
def test_splits_what_github_allows(full_name: str) -> None:
    assert "/".join(split_full_name(full_name)) == full_name


@pytest.mark.parametrize(
    "full_name",
    [
        "",
        "api",
        "/api",
        "acme/",
        "acme//api",
        "acme/api/pulls",
        "https://github.com/acme/api",
        "acme/ api",
        " acme/api",
        "acme/api\n",
        "acme/.",
        "acme/..",
        "-acme/api",
        "acme/api?x=1",
        "acme/ünï",
        "acme/" + "b" * 101,
        'acme/"} x {"',
    ],
)
def test_refuses_by_name_what_it_does_not(full_name: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        split_full_name(full_name)
    assert repr(full_name) in refusal.value.message
    assert "owner/name" in refusal.value.remedy


def test_names_are_trimmed_and_compared_whatever_their_case() -> None:
    names = [" Acme/API", "acme/web", "acme/api ", "", "ACME/WEB"]
    assert without_repeats(names) == ["Acme/API", "acme/web"]
    assert repeated(names) == ["acme/api", "acme/web"]


def test_no_names_is_not_the_same_as_only_blank_ones() -> None:
    assert without_repeats([]) == []
    with pytest.raises(ConfigurationError, match="blank"):
        without_repeats(["", "  "])


def test_blank_lines_are_no_repeats() -> None:
    assert repeated(["", " ", "acme/api"]) == []
