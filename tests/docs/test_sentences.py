"""The guides have short sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

GUIDES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/deploying.md",
    "docs/operating.md",
    "docs/reliability.md",
    "docs/design.md",
    "github_server/README.md",
)
MOST_WORDS = 30
NOT_PROSE = re.compile(r"```.*?```|<[^>]+>", re.DOTALL)
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
CODE = re.compile(r"`[^`]*`")
START = re.compile(r"\s*(?:[-*]|\d+\.|#+) ")
"""Of an item of a list, or of a heading."""
END = re.compile(r"(?<=[.?!])[*)\"]*\s+")


@pytest.mark.parametrize("guide", GUIDES)
def test_no_sentence_is_long(guide: str) -> None:
    found = list(sentences((ROOT / guide).read_text(encoding="utf-8")))
    assert len(found) > 20
    too_long = [one for one in found if words(one) > MOST_WORDS]
    assert too_long == [], "make two of it: one idea each"


def sentences(text: str) -> Iterator[str]:
    """Each sentence of the paragraphs, items and cells; a piece of code is one word."""
    for block in blocks(CODE.sub("CODE", LINK.sub(r"\1", NOT_PROSE.sub("\n\n", text)))):
        yield from END.split(block)


def blocks(text: str) -> Iterator[str]:
    """Each paragraph, item of a list, heading, or cell of a table, in one line."""
    block = ""
    for line in text.splitlines():
        is_alone = line.startswith(("|", "#"))
        if is_alone or not line.strip() or START.match(line):
            yield block
            block = ""
        if is_alone:
            yield from START.sub("", line).strip("|").split(" | ")
        else:
            block = f"{block} {START.sub('', line).strip()}".strip()
    yield block


def words(sentence: str) -> int:
    return sum(any(map(str.isalnum, word)) for word in sentence.split())


def test_sentences_are_found() -> None:
    prose = "# Head\nOne `a b`. Two\nhere?\n\n- an item:\n  three\n- another\n\n"
    found = [one.strip() for one in sentences(f"{prose}| a | b c |\n|---|---|\n") if words(one)]
    assert found == ["Head", "One CODE.", "Two here?", "an item: three", "another", "a", "b c"]
