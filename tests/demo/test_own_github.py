"""`make demo` with GITHUB_TOKEN: the same with another GitHub than the sample."""

from __future__ import annotations

import pytest

from github_server import SAMPLE_TOKEN
from tests.demo.conftest import Demo, Tours

# One process runs the commands once for all tests.
pytestmark = pytest.mark.xdist_group("tours")


def test_what_can_be_read_is_synced(other_demo: Demo, tours: Tours) -> None:
    *rows, total = tours.mine.section("Result")
    assert [row[:4] for row in rows] == [
        ["my-org/busy", "✓ complete", "full", "3"],
        ["my-org/idle", "✓ complete", "full", "0"],
        ["my-org/locked", "✗ failed", "full", "0"],
    ]
    assert total[1] == "3"
    assert other_demo.query("select count(*) from pull_requests") == [["3"]]


def test_the_second_run_is_incremental(tours: Tours) -> None:
    *rows, _ = tours.mine.section("Result of the second run")
    # Nothing is stored yet of an empty repository and of one that could not be read.
    assert [row[2] for row in rows] == ["incremental", "full", "full"]
    assert "SAMPLE" not in tours.mine.text
    assert "octo-sample" not in tours.mine.text


def test_a_refused_repository_is_named_and_fails_the_command(tours: Tours) -> None:
    assert tours.mine.exit_code == 1
    assert "✗ my-org/nonexistent is not tracked:" in tours.mine.text
    assert "✗ my-org/nonexistent" in "\n".join(tours.mine.lines[-8:])
    assert "demo.log" in tours.mine.lines[-1]


def test_a_failed_repository_is_named_and_fails_the_command(tours: Tours) -> None:
    panel = tours.mine.text.partition("✗ my-org/locked: AccessDenied")[2].partition("╰")[0]
    assert "SAML" in panel
    assert "✗ my-org/locked failed." in tours.mine.lines
    assert "part of the sample" not in tours.mine.text


def test_the_token_is_reported_to_no_one(other_demo: Demo, tours: Tours) -> None:
    assert SAMPLE_TOKEN not in tours.mine.text
    written = [file for file in other_demo.folder.rglob("*") if file.is_file()]
    assert len(written) > 10
    assert [file for file in written if SAMPLE_TOKEN.encode() in file.read_bytes()] == []


@pytest.mark.parametrize(
    ("repositories", "complaint"),
    [
        ("", "REPOSITORIES is not"),
        (" , ", "REPOSITORIES is not"),
        ("airflow", "'airflow'"),
        ("apache/airflow,apache/", "'apache/'"),
        ("https://github.com/apache/airflow", "'https://github.com/apache/airflow'"),
    ],
)
def test_invalid_repositories_are_refused_at_once(
    other_demo: Demo, repositories: str, complaint: str
) -> None:
    command = other_demo.run(GITHUB_TOKEN="a-token", REPOSITORIES=repositories)
    assert command.exit_code == 2
    assert complaint in command.text
    assert "owner/name" in command.text or "REPOSITORIES=" in command.text
    assert "a-token" not in command.text
