-- Open attempts of other runs whose lock is free: running ones; and those that should have resumed, after a
-- wait or by a retry, but did not: a run ends after four hours.
with unfinished as materialized (
    select
        attempt.attempt_id,
        attempt.repository_id
    from github.sync_attempts as attempt
    where
        attempt.run_id != %(run_id)s
        and not attempt.is_final
        and (
            attempt.status = 'running'
            or (
                attempt.status in ('waiting', 'error')
                and attempt.finished_at < now() - interval '6 hours'
                and not exists (
                    select 1
                    from github.sync_attempts as later
                    where
                        later.repository_id = attempt.repository_id
                        and later.attempt_id > attempt.attempt_id
                        and later.status != 'skipped'
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
