"""Every error this package raises on purpose.

::

    SyncError
    ├── PermanentError            no retry can mend it: the task fails at once
    │   ├── ConfigurationError    a setting, a connection, a run's configuration
    │   ├── BadCredentials        GitHub refused the token
    │   ├── AccessDenied          GitHub knows the token, and refuses it this repository
    │   ├── RepositoryNotFound    deleted, or hidden from the token
    │   ├── RepositoryBlocked     taken down for legal reasons
    │   ├── RepositoryTrackedTwice
    │   ├── QueryRefused          GitHub does not accept what we ask
    │   ├── PullRequestsFailing   some could not be stored for longer than allowed
    │   ├── WarehouseRefused      Postgres: permission, schema
    │   │   └── RowRefused        Postgres: this content cannot be stored
    │   ├── SchemaTooNew          the tables were upgraded by a newer version of this package
    │   └── RateLimitExhausted    waited as often as allowed
    ├── RateLimited               wait until ``retry_after`` seconds have passed
    └── TransientError            worth another try
        ├── GitHubUnavailable     5xx, timeouts, dropped connections
        ├── InvalidCursor         the pass must begin anew
        ├── WarehouseUnavailable  Postgres: connection, restart, lock, disk
        └── EarlierTryAlive       an earlier try of this instance still works

What Airflow does about each is decided in one place, ``github_sync.tasks.airflow_exceptions``.
"""

from __future__ import annotations

from datetime import datetime

from github_sync.redaction import redact


class SyncError(Exception):
    """Something went wrong: ``str(error)`` says what, to whom, and what to do; without secrets.

    :param message: what happened, naming the culprit
    :param remedy: what the operator should do
    :param request_id: GitHub's ``x-github-request-id``, by which its support finds the request
    :param github_state: what it says about the repository (tracked_repositories.github_state)
    """

    github_state: str | None = None

    def __init__(
        self,
        message: str,
        remedy: str = "",
        request_id: str | None = None,
        github_state: str | None = None,
    ) -> None:
        self.message = redact(message)
        self.remedy = remedy
        self.request_id = redact(request_id) if request_id else None
        self.github_state = github_state or self.github_state
        parts = [self.message, remedy, f"(GitHub request {self.request_id})" if request_id else ""]
        super().__init__(" ".join(part for part in parts if part))


def cause_of(exception: BaseException) -> BaseException:
    """The error of ours behind the exception that Airflow was given; else the exception itself."""
    cause = exception.__cause__
    return cause if isinstance(cause, SyncError) else exception


class PermanentError(SyncError):
    """No retry can mend it."""


class ConfigurationError(PermanentError):
    """A setting, a connection or a run's configuration is wrong."""


class BadCredentials(PermanentError):
    """GitHub refused the connection's token or app."""


class AccessDenied(PermanentError):
    """GitHub knows the token, and refuses it this."""

    github_state = "no_access"


class RepositoryNotFound(PermanentError):
    """GitHub has no such repository, or hides it from the token."""

    github_state = "not_found"


class RepositoryBlocked(PermanentError):
    """GitHub does not serve the repository for legal reasons."""

    github_state = "blocked"


class RepositoryTrackedTwice(PermanentError):
    """Two rows of tracked_repositories turned out to be one repository."""


class QueryRefused(PermanentError):
    """GitHub does not accept the query, as an old Enterprise Server may not."""


class PullRequestsFailing(PermanentError):
    """Pull requests could not be stored for longer than the setting allows."""


class WarehouseRefused(PermanentError):
    """Postgres refuses: a permission or an object is missing."""


class RowRefused(WarehouseRefused):
    """Postgres cannot store this content."""


class SchemaTooNew(PermanentError):
    """The tables were upgraded by a newer version of this package."""


class RateLimitExhausted(PermanentError):
    """GitHub's rate limit was waited for as often as allowed."""


class RateLimited(SyncError):
    """GitHub's rate limit is spent.

    :param retry_after: seconds from now until GitHub answers again
    :param is_guess: GitHub did not say how long; each wait in a row is to be twice as long
    """

    resumes_at: datetime | None = None
    """When to go on (Postgres's clock), once the sync has settled that."""

    def __init__(
        self,
        message: str,
        retry_after: float,
        request_id: str | None = None,
        *,
        is_guess: bool = False,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.retry_after = retry_after
        self.is_guess = is_guess


class TransientError(SyncError):
    """Another try may succeed."""


class GitHubUnavailable(TransientError):
    """GitHub did not answer, or not properly.

    :param may_be_too_much: it may succeed if less is asked for; :attr:`asked_for` says how much was
    """

    def __init__(
        self, message: str, request_id: str | None = None, *, may_be_too_much: bool = False
    ) -> None:
        remedy = "If it persists, see https://www.githubstatus.com; then clear the failed instance."
        super().__init__(message, remedy, request_id)
        self.may_be_too_much = may_be_too_much
        self.asked_for = 1


class InvalidCursor(TransientError):
    """GitHub no longer accepts the cursor at which a pass was to go on."""


class WarehouseUnavailable(TransientError):
    """Postgres did not answer, or was interrupted."""


class EarlierTryAlive(TransientError):
    """An earlier try of this task instance, given up by Airflow, still holds the lock."""
