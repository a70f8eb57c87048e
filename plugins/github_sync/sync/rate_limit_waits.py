"""Schedules when a task instance resumes after GitHub's rate limit, or ends its waits."""

from __future__ import annotations

from datetime import timedelta

from github_sync.errors import RateLimited, RateLimitExhausted
from github_sync.store.sync_attempts import SyncJob
from github_sync.store.warehouse import Warehouse

SPREAD_SECONDS = 120
"""Instances that wait for the same reset resume spread over this time."""


def schedule_resume(
    warehouse: Warehouse, job: SyncJob, limit: RateLimited, max_waits: int
) -> RateLimited | RateLimitExhausted:
    """The limit with the time to resume at; or an error, if the instance has waited too often.

    The time is by Postgres's clock, so that a wrong clock of the worker changes nothing.
    """
    with warehouse.transaction():
        [earlier] = warehouse.run(
            "sync/count_waits",
            repository_id=job.repository_id,
            run_id=job.run_id,
            map_index=job.map_index,
        )
    waits = max(job.waits, earlier["waits"])
    if waits >= max_waits:
        return RateLimitExhausted(
            f"{limit} The task has already waited {waits} times.",
            "Use credentials with a larger quota (a GitHub App), track fewer repositories with "
            "this connection, or raise GITHUB_SYNC_MAX_RATE_LIMIT_WAITS. Then clear the failed "
            "instance.",
        )
    # https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    seconds = limit.retry_after * (2**waits if limit.is_guess else 1) + _spread(job.map_index)
    limit.resumes_at = earlier["clock"] + timedelta(seconds=seconds)
    return limit


def _spread(map_index: int) -> int:
    return max(0, map_index) * 7 % SPREAD_SECONDS
