-- Attempts of other runs that nobody closed: their lock is free; and one that waits for the rate limit
-- and was not followed by another should have been back within the hour, in a run that ends after four.
with unfinished as materialized (
    select
        attempt.attempt_id,
        attempt.repository_id
    from github.sync_attempts as attempt
    where
        attempt.run_id != %(run_id)s
        and (
            attempt.status = 'running'
            or (
                attempt.status = 'waiting'
                and attempt.finished_at < now() - interval '6 hours'
                and not exists (
                    select 1
                    from github.sync_attempts as later
                    where
                        later.repository_id = attempt.repository_id
                        and later.run_id = attempt.run_id
                        and later.attempt_id > attempt.attempt_id
                )
            )
        )
)

select
    unfinished.attempt_id,
    unfinished.repository_id,
    repository.full_name
from unfinished
inner join github.tracked_repositories as repository
    on unfinished.repository_id = repository.repository_id
where
    pg_try_advisory_xact_lock(
        hashtextextended('github.tracked_repositories', unfinished.repository_id)
    )
