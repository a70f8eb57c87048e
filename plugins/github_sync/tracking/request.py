"""What one run of track_github_repositories is asked to do: its form, and its values."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from github_sync.entities.names import Names
from github_sync.errors import ConfigurationError

LONGEST_CONN_ID = 250
"""Airflow allows no longer one."""


def _none_if_blank(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


class TrackRequest(BaseModel):
    """What an operator asked for. Malformed names are refused one by one, when they are tracked.

    :raises ConfigurationError: nothing is named, or values exclude each other
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    repositories: Names = Field(
        [],
        title="Repositories",
        description="Full names, one a line, for example apache/airflow. Upper and lower case are "
        "the same.",
    )
    organizations: Names = Field(
        [],
        title="Organizations",
        description="Logins of organizations or users, one a line, for example apache: all their "
        "repositories, except archived ones and forks.",
    )
    is_active: bool = Field(
        True,
        title="Active",
        description="On: track (or resume) them. Off: pause them; what is stored stays.",
    )
    github_conn_id: Annotated[str | None, BeforeValidator(_none_if_blank)] = Field(
        None,
        max_length=LONGEST_CONN_ID,
        examples=["github_default"],
        title="GitHub connection",
        description="The Airflow connection whose credentials can read them. Empty: the one a "
        "tracked repository has; github_default for a new one.",
    )
    check_only: bool = Field(
        False,
        title="Check only",
        description="Only report what the credentials are and can read. Nothing is changed. With "
        "nothing named: all that is tracked with the connection.",
    )

    @model_validator(mode="after")
    def _check(self) -> TrackRequest:
        if self.check_only and not self.is_active:
            raise ConfigurationError(
                "The run's configuration has check_only, and is_active off.",
                "Leave is_active on to check what can be read, or check_only off to pause.",
            )
        if not (self.repositories or self.organizations or self.check_only):
            raise ConfigurationError(
                "Neither repositories nor organizations are named.",
                'Name at least one, for example {"repositories": ["apache/airflow"]}.',
            )
        return self
