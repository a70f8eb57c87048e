-- Attempts of earlier runs that nobody closed: whose lock is free, or who waited long past any reset.
with unfinished as materialized (
    select
        attempt_id,
        repository_id,
        status,
        finished_at,
        run_id,
        map_index
    from github.sync_attempts
    where status = 'running' and run_id != %(run_id)s
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
