"""Every error this package raises on purpose.

::

    SyncError
    ├── PermanentError            a retry cannot fix it: the task fails at once
    │   ├── ConfigurationError    a setting, a connection, a run's configuration
    │   ├── BadCredentials        GitHub refused the token
    │   │   └── AppRefused        GitHub refused the GitHub App, or its installation
    │   ├── AccessDenied          GitHub knows the token, and denies it access
    │   ├── RepositoryNotFound    deleted, or hidden from the token
    │   ├── RepositoryBlocked     taken down for legal reasons
    │   ├── RepositoryTrackedTwice
    │   ├── QueryRefused          GitHub does not accept what we ask
    │   ├── PullRequestsFailing   some could not be stored for too long
    │   ├── DeletionsDoubted      too many seem to be deleted at once
    │   ├── WarehouseRefused      Postgres: permission, schema
    │   │   └── RowRefused        Postgres: this content cannot be stored
    │   ├── SchemaTooNew          the tables were upgraded by a newer version of this package
    │   └── RateLimitExhausted    waited as often as the setting allows
    ├── RateLimited               wait until ``retry_after`` seconds have passed
    └── TransientError            a retry may succeed
        ├── GitHubUnavailable     5xx, timeouts, dropped connections
        ├── InvalidCursor         the scan must start again
        ├── ListWithoutEnd        a list that GitHub pages does not move on
        ├── WarehouseUnavailable  Postgres: connection, restart, lock, disk
        └── EarlierTryAlive       an earlier try of this instance is still running

``github_sync.tasks.airflow_exceptions`` decides what Airflow does about each.
"""

from __future__ import annotations

from datetime import datetime

from github_sync.redaction import redact


class SyncError(Exception):
    """Something went wrong: ``str(error)`` says what, to which
    repository, and what to do; without secrets.

    :param message: what happened; it names the thing
    :param remedy: what the operator should do
    :param request_id: GitHub's ``x-github-request-id``, by which GitHub Support finds the request
    :param github_state: the repository's state that it shows (tracked_repositories.github_state)
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
    """A retry cannot fix it."""


class ConfigurationError(PermanentError):
    """A setting, a connection or a run's configuration is wrong."""


class BadCredentials(PermanentError):
    """GitHub refused the connection's token or app."""


class AppRefused(BadCredentials):
    """GitHub makes no token for the GitHub App: wrong ids or key, not installed, suspended."""


class AccessDenied(PermanentError):
    """GitHub knows the token, and denies it access."""

    github_state = "no_access"


class RepositoryNotFound(PermanentError):
    """GitHub has no such repository, or hides it from the token."""

    github_state = "not_found"


class RepositoryBlocked(PermanentError):
    """GitHub does not serve the repository for legal reasons."""

    github_state = "blocked"


class RepositoryTrackedTwice(PermanentError):
    """Two rows of tracked_repositories are the same repository."""


class QueryRefused(PermanentError):
    """GitHub does not accept the query; an old Enterprise Server may not."""


class PullRequestsFailing(PermanentError):
    """Pull requests could not be stored for longer than the setting allows."""


class DeletionsDoubted(PermanentError):
    """GitHub answers that more rows are gone than are likely to have been deleted."""


class WarehouseRefused(PermanentError):
    """Postgres refused the statement: a permission or an object is missing."""


class RowRefused(WarehouseRefused):
    """Postgres cannot store this content."""


class SchemaTooNew(PermanentError):
    """The tables were upgraded by a newer version of this package."""


class RateLimitExhausted(PermanentError):
    """The task has waited for GitHub's rate limit as often as the setting allows."""


class RateLimited(SyncError):
    """GitHub's rate limit is exceeded.

    :param retry_after: seconds from now until GitHub answers again
    :param is_guess: GitHub did not say how long; each further wait is twice as long
    """

    resumes_at: datetime | None = None
    """When to resume (Postgres's clock), once the sync has decided that."""

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
    """A retry may succeed."""


IF_IT_PERSISTS = (
    "If it persists, see https://www.githubstatus.com, or ask the administrators of your GitHub "
    "Enterprise Server. Then clear the failed instance."
)


class GitHubUnavailable(TransientError):
    """GitHub did not answer, or its answer is incomplete.

    :param may_be_too_much: it may succeed if less is asked for; :attr:`asked_for` says how much was
    :param remedy: what to do if it persists
    """

    def __init__(
        self,
        message: str,
        request_id: str | None = None,
        *,
        may_be_too_much: bool = False,
        remedy: str = IF_IT_PERSISTS,
    ) -> None:
        super().__init__(message, remedy, request_id)
        self.may_be_too_much = may_be_too_much
        self.asked_for = 1


class InvalidCursor(TransientError):
    """GitHub no longer accepts the cursor at which a scan should resume."""


class ListWithoutEnd(TransientError):
    """A list that GitHub sends page by page does not move on."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            "If it persists, contact GitHub Support, then clear the failed instance.",
        )


class WarehouseUnavailable(TransientError):
    """Postgres was unavailable, or interrupted the statement."""


class EarlierTryAlive(TransientError):
    """An earlier try of this task instance, which Airflow gave up, still holds the lock."""
