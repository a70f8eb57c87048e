"""The GitHub that the demo reads: a local server with sample data, or the real one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from demo.errors import UsageError
from github_server import SAMPLE_TOKEN, GitHubServer, World, sample_data

DAY = timedelta(days=1)


@dataclass(frozen=True)
class RealGitHub:
    """GitHub itself (or an Enterprise Server), with the caller's token and repositories."""

    token: str = field(repr=False)
    repositories: tuple[str, ...]
    url: str | None = None

    @property
    def airflow_connection(self) -> str:
        """The value of AIRFLOW_CONN_GITHUB_DEFAULT."""
        return _connection(self.token, self.url)

    @property
    def name(self) -> str:
        """Its name for people."""
        return self.url or "github.com"


class SampleGitHub:
    """A local server with sample data: an organization that does not exist."""

    name = f"sample data ({sample_data.OWNER}, a made-up organization)"
    repositories = tuple(sample_data.TRACKED)
    rename = (sample_data.RENAMED_FROM, sample_data.RENAMED_TO)

    def __init__(self) -> None:
        self.world: World = sample_data.sample_world()
        self.server = GitHubServer(self.world)
        self.inaccessible: str | None = None
        """The tracked repository that the token can no longer read."""
        found = (self.world.find_repository(name) for name in self.repositories)
        self.tracked = [repository for repository in found if repository]

    @property
    def airflow_connection(self) -> str:
        """The value of AIRFLOW_CONN_GITHUB_DEFAULT."""
        return _connection(SAMPLE_TOKEN, self.server.url)

    def revoke_access(self) -> str:
        """Take away the token's access to one tracked repository; its name."""
        self.inaccessible = sample_data.lose_access(self.world)
        return self.inaccessible

    def next_day(self) -> dict[str, list[sample_data.Change]]:
        """Advance by a day and change some pull requests; the changes by repository."""
        self.world.clock.advance(DAY.total_seconds())
        return sample_data.next_day(self.world)


GitHub = RealGitHub | SampleGitHub


def real_github(environment: Mapping[str, str]) -> RealGitHub | None:
    """The GitHub that GITHUB_TOKEN, REPOSITORIES and GITHUB_API_URL name; None without a token.

    :raises UsageError: there is a token, but no valid list of repositories
    """
    token = environment.get("GITHUB_TOKEN", "").strip()
    if not token:
        return None
    names = _names(environment.get("REPOSITORIES", ""))
    if not names:
        raise UsageError(
            "GITHUB_TOKEN is set, but REPOSITORIES is not.",
            "Set it: make demo REPOSITORIES=apache/airflow-client-python,psycopg/psycopg. "
            "Or unset GITHUB_TOKEN to run the demo with sample data.",
        )
    if malformed := [name for name in names if not _is_full_name(name)]:
        raise UsageError(
            f"REPOSITORIES has invalid names: {', '.join(map(repr, malformed))}.",
            "Write full names, separated by commas: owner/name,owner/name.",
        )
    return RealGitHub(token, names, environment.get("GITHUB_API_URL", "").strip() or None)


def _names(text: str) -> tuple[str, ...]:
    names = (name.strip() for name in text.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _is_full_name(name: str) -> bool:
    owner, _, rest = name.partition("/")
    return bool(owner and rest) and "/" not in rest and not set(name) & set(" \t\n")


def _connection(token: str, url: str | None) -> str:
    connection = {"conn_type": "github", "password": token}
    return json.dumps(connection | ({"host": url} if url else {}))
