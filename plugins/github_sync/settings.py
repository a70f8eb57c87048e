"""The settings: ``GITHUB_SYNC_*`` environment variables, turned into one validated value."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from github_sync.errors import ConfigurationError

PREFIX = "GITHUB_SYNC_"
MONTH = 31 * 24 * 60 * 60
NOTIFIERS = (
    '[{"notifier": "airflow.providers.slack.notifications.slack.SlackNotifier", '
    '"kwargs": {"text": "{{ github_sync_alert }}"}}]'
)
"""An example of that setting."""


def _digits(value: object) -> object:
    """Pydantic would also take ``1_000``, ``+60`` and ``60.0``."""
    if isinstance(value, str) and not (value.isascii() and value.isdecimal()):
        raise ValueError("not a whole number")
    return value


def _notifiers(text: str) -> str:
    """A list of what can be called; whether a notifier can be created shows when it is called."""
    try:
        fits = all(_is_notifier(one) for one in json.loads(text))
    except (TypeError, AttributeError):
        fits = False
    if not fits:
        raise ValueError("not a list of notifiers")
    return text


def _is_notifier(one: Any) -> bool:
    path, kwargs = one.get("notifier"), one.get("kwargs", {})
    return isinstance(path, str) and "." in path and isinstance(kwargs, dict)


Number = Annotated[int, BeforeValidator(_digits)]


class Settings(BaseModel):
    """What a platform team may set; each field is the environment variable GITHUB_SYNC_<FIELD>.

    The descriptions are not docstrings: to read these, pydantic takes 60 ms each time a Dag file
    is parsed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    postgres_conn_id: str = Field(
        default="postgres_default",
        min_length=1,
        description="The Airflow connection to the database that holds the schema github.",
    )
    retry_delay_seconds: Number = Field(
        default=60,
        ge=0,
        le=MONTH,
        description="Seconds before the first of 3 retries, doubling; waits inside a task start "
        "at a thirtieth.",
    )
    request_timeout_seconds: Number = Field(
        default=60, ge=1, le=MONTH, description="Seconds that GitHub may take for one whole answer."
    )
    overlap_seconds: Number = Field(
        default=300,
        ge=0,
        le=MONTH,
        description="Seconds before the last sync that are read again, for changes that GitHub "
        "showed late.",
    )
    max_rate_limit_waits: Number = Field(
        default=6,
        ge=0,
        le=MONTH,
        description="How often one task instance may wait for GitHub's rate limit before it fails.",
    )
    quota_reserve: Number = Field(
        default=100,
        ge=0,
        le=MONTH,
        description="Points of GitHub's hourly quota left to others with the same token; a tenth "
        "at most.",
    )
    page_size: Number = Field(
        default=100,
        ge=1,
        le=100,
        description="Pull requests asked for at once, at most; GitHub allows 100.",
    )
    max_failure_days: Number = Field(
        default=7,
        ge=0,
        le=36500,
        description="Days after which a pull request that still cannot be stored fails its "
        "repository's sync.",
    )
    max_deleted_percent: Number = Field(
        default=10,
        ge=0,
        le=100,
        description="Percent of a repository's rows that may be marked as deleted within a week; "
        "more fail its sync, and are kept. Up to 10 always may.",
    )
    max_concurrency: Number = Field(
        default=8,
        ge=1,
        le=MONTH,
        description="Repositories synced at the same time, over all runs.",
    )
    notifiers: Annotated[str, AfterValidator(_notifiers)] = Field(
        default="[]",
        description='Airflow notifiers to call when a run failed, as JSON: [{"notifier", '
        '"kwargs"}, ...].',
    )
    alert_threshold: Number = Field(
        default=1,
        ge=1,
        le=MONTH,
        description="The number of failed repositories from which they are called.",
    )
    deadline_minutes: Number = Field(
        default=0,
        ge=0,
        le=MONTH,
        description="Minutes after which they are called for a run that is not over yet; 0 for "
        "never.",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings of this process.

        :raises ConfigurationError: a variable has an impossible value; it is named
        """
        return cls(**{name: _read(name, text) for name, text in _given(environment).items()})

    @classmethod
    def for_parsing(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings as a Dag file needs them: the default for each value that is impossible.

        A Dag that fails to import never runs, and reports to no one. This one runs: its first task
        fails with the name of the variable, and the other settings say who is notified.
        """
        values: dict[str, Any] = {}
        for name, text in _given(environment).items():
            with suppress(ConfigurationError):
                values[name] = _read(name, text)
        return cls(**values)


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    names = Settings.model_fields
    given = {name: environment.get(PREFIX + name.upper(), "").strip() for name in names}
    return {name: text for name, text in given.items() if text}


def _read(name: str, text: str) -> Any:
    try:
        return getattr(Settings.model_validate({name: text}), name)
    except ValidationError:
        refusal = _refusal(name, text)
    raise refusal


def _refusal(name: str, text: str) -> ConfigurationError:
    variable, field = PREFIX + name.upper(), Settings.model_fields[name]
    if name == "notifiers":
        # Its value is not shown: it may hold a secret.
        return ConfigurationError(
            f"The environment variable {variable} is not a list of notifiers.",
            f"Set it to JSON such as {NOTIFIERS}, or remove it.",
        )
    lowest, highest = bounds(name)
    return ConfigurationError(
        f"The environment variable {variable} is {text!r}.",
        f"Set it to a whole number from {lowest} to {highest}, or remove it (then it is "
        f"{field.default}).",
    )


def bounds(name: str) -> tuple[int, int]:
    """The least and the greatest value of a number among the settings."""
    limits = Settings.model_fields[name].metadata
    [lowest] = [limit.ge for limit in limits if hasattr(limit, "ge")]
    [highest] = [limit.le for limit in limits if hasattr(limit, "le")]
    return lowest, highest
