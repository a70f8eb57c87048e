"""The settings: ``GITHUB_SYNC_*`` environment variables, turned into one validated value."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

from github_sync.errors import ConfigurationError

PREFIX = "GITHUB_SYNC_"


@dataclass(frozen=True)
class Settings:
    """What a platform team may set; each field is the environment variable GITHUB_SYNC_<FIELD>."""

    postgres_conn_id: str = "postgres_default"
    """The Airflow connection to the database that holds the schema ``github``."""
    retry_delay_seconds: int = 60
    """Seconds before Airflow's first retry, doubling; waits inside a task are a thirtieth of it."""
    request_timeout_seconds: int = 60
    """Seconds that GitHub may take to answer one request."""
    overlap_seconds: int = 300
    """Seconds before the last sync that are read again, for changes GitHub showed late."""
    max_rate_limit_waits: int = 6
    """How often one task instance may wait for GitHub's rate limit before it fails."""
    quota_reserve: int = 100
    """Points of GitHub's hourly quota left to others with the same token; a tenth at most."""
    page_size: int = 100
    """Pull requests asked for at once, at most; GitHub allows 100."""
    max_failure_days: int = 7
    """Days after which a pull request that still cannot be stored fails its repository's sync."""
    max_concurrency: int = 8
    """Repositories synced at once, over all runs."""
    notifiers: str = "[]"
    """Airflow notifiers to call when a run failed, as JSON: ``[{"notifier", "kwargs"}, ...]``."""
    alert_threshold: int = 1
    """Failed repositories from which on they are called."""
    deadline_minutes: int = 0
    """Minutes after which they are called for a run that is not over yet; 0 for never."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings of this process.

        :raises ConfigurationError: a variable has an impossible value; it is named
        """
        values: dict[str, Any] = {n: _read(n, text) for n, text in _given(environment).items()}
        return cls(**values)

    @classmethod
    def for_parsing(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings as a Dag file needs them: the default for each value that is impossible.

        A Dag that fails to import never runs, and nobody is told; this one runs, its first task
        fails with the name of the variable, and the other settings say who is told.
        """
        values: dict[str, Any] = {}
        for name, text in _given(environment).items():
            with suppress(ConfigurationError):
                values[name] = _read(name, text)
        return cls(**values)


NOTIFIERS = (
    '[{"notifier": "airflow.providers.slack.notifications.slack.SlackNotifier", '
    '"kwargs": {"text": "{{ github_sync_alert }}"}}]'
)
"""An example of that setting."""

LOWEST = {"request_timeout_seconds": 1, "page_size": 1, "max_concurrency": 1, "alert_threshold": 1}
"""The least value of a number, where it is not 0."""


HIGHEST = {"page_size": 100, "max_failure_days": 36500}
"""The greatest value of a number, where it is not a month's seconds."""

MONTH = 31 * 24 * 60 * 60


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    names = [field.name for field in fields(Settings)]
    given = {name: environment.get(PREFIX + name.upper(), "").strip() for name in names}
    return {name: text for name, text in given.items() if text}


def _notifiers(text: str) -> str:
    """The text, if it is a list of what can be called; whether it can be made shows when it is."""
    try:
        fits = all(_is_notifier(one) for one in json.loads(text))
    except (ValueError, TypeError, AttributeError):
        fits = False
    if not fits:
        # Its value is not shown: it may hold a secret.
        raise ConfigurationError(
            "The environment variable GITHUB_SYNC_NOTIFIERS is no list of notifiers.",
            f"Set it to JSON such as {NOTIFIERS}, or remove it.",
        )
    return text


def _is_notifier(one: Any) -> bool:
    path, kwargs = one.get("notifier"), one.get("kwargs", {})
    return isinstance(path, str) and "." in path and isinstance(kwargs, dict)


def _read(name: str, text: str) -> object:
    if name == "notifiers":
        return _notifiers(text)
    if isinstance(getattr(Settings, name), str):
        return text
    lowest, highest = LOWEST.get(name, 0), HIGHEST.get(name, MONTH)
    if not (text.isascii() and text.isdecimal() and lowest <= int(text) <= highest):
        raise ConfigurationError(
            f"The environment variable {PREFIX}{name.upper()} is {text!r}.",
            f"Set it to a whole number from {lowest} to {highest}, or remove it "
            f"(then it is {getattr(Settings, name)}).",
        )
    return int(text)
