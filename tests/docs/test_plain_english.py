"""Docs, messages and comments are plain English; links between documents lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

IDIOM = re.compile(
    r"\b(told|mends?|mended|mending|nobody|whoever|anew|lest|struck|in earnest|at work|"
    r"somebody|everybody|came of|came to be|becomes? of|became of|without a word|'s word)\b",
    re.IGNORECASE,
)
"""Words that the docs of Airflow, GitHub and PostgreSQL do not use."""
FOLDERS = ("dags", "plugins", "include", "docs", "demo", "benchmarks", "github_server")
ENDINGS = (".md", ".py", ".sql", ".graphql", ".html", ".js", ".yaml")
PACKAGING = ("docker-compose.yaml", "Dockerfile", ".env.example", "Makefile")
TEXTS = sorted(
    [
        *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*")),
        *ROOT.glob("*.md"),
        *(ROOT / name for name in PACKAGING),
    ]
)
TEXTS = [path for path in TEXTS if path.suffix in ENDINGS or path.name in PACKAGING]
DOCUMENTS = [path for path in TEXTS if path.suffix == ".md"]
LINK = re.compile(r"(?:\[[^\]]*\]\(|\b(?:src|srcset|href)=\")([^)\s\"]+)")
"""In Markdown, and in HTML within it."""
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def test_there_are_texts() -> None:
    assert len(TEXTS) > 150
    assert len(DOCUMENTS) >= 9


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_has_no_idioms(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [
        f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if IDIOM.search(line)
    ]
    assert found == [], "say it as the docs of Airflow or GitHub would"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_links_lead_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if link.startswith(("http:", "https:")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file) if file else path
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            headings = HEADING.findall(target.read_text(encoding="utf-8"))
            assert anchor in map(_anchor, headings), f"{link}: there is no such heading"


def _anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
