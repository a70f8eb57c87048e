"""What one run of sync_github_repositories is asked to sync: its form, and its values."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from github_sync.entities.names import Names, repeated, split_full_name, without_repeats
from github_sync.errors import ConfigurationError

BEGINNING = datetime(2000, 1, 1, tzinfo=timezone.utc)
"""Before GitHub. Python cannot read year 1 from Postgres in some time zones."""


def _moment(value: Any) -> Any:
    """A time in the past with its zone, from ISO 8601; None for an empty text.

    :raises ConfigurationError: it is none
    """
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    from dateutil.parser import isoparse  # type: ignore[import-untyped]

    remedy = "It must be a time in the past with its zone, for example 2026-01-31T00:00:00Z."
    try:
        moment: datetime = isoparse(value.strip())
    except ValueError:
        raise ConfigurationError(f"since = {value!r} is not a time.", remedy) from None
    if moment.tzinfo is None:
        raise ConfigurationError(f"since = {value!r} has no time zone.", remedy)
    if moment > datetime.now(timezone.utc):
        raise ConfigurationError(f"since = {value!r} is in the future.", remedy)
    return max(moment, BEGINNING)


class SyncRequest(BaseModel):
    """What one run is to sync.

    :raises ConfigurationError: a malformed name or time, or values that exclude each other
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    repositories: Names = Field(
        [],
        title="Repositories",
        description="Full names, one a line, for example apache/airflow. They must be tracked. "
        "Empty: all active repositories.",
    )
    full_resync: bool = Field(
        False,
        title="Full resync",
        description="Read the whole history again instead of what changed since the last sync: one "
        "request for each 100 pull requests. Not together with Since.",
    )
    since: Annotated[datetime | None, BeforeValidator(_moment)] = Field(
        None,
        title="Since",
        description="Read again what was updated at or after this time, for example "
        "2026-01-31T00:00:00Z. Empty: what changed since each repository's last sync.",
    )
    accept_deletions: bool = Field(
        False,
        title="Accept deletions",
        description="Mark as deleted whatever GitHub answers is gone, however much it is. For "
        "repositories whose sync failed with DeletionsDoubted, once you know that the answer is "
        "true.",
    )
    dry_run: bool = Field(
        False,
        title="Dry run",
        description="Only estimate, in the log, how many requests it would take. Nothing is "
        "written.",
    )

    @property
    def names(self) -> list[str]:
        """The full names, each once; empty means all active repositories."""
        return without_repeats(self.repositories)

    @property
    def repeated(self) -> list[str]:
        """The names given more than once; they are synced once."""
        return repeated(self.repositories)

    @model_validator(mode="after")
    def _check(self) -> SyncRequest:
        for name in self.names:
            split_full_name(name)
        if self.since and self.full_resync:
            raise ConfigurationError(
                "The run's configuration has both since and full_resync.",
                "Give since to read a part of the history again, or full_resync to read all of it.",
            )
        return self
