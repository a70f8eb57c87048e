-- Paused between two attempts: restore the status before them, or the error of the last one.
with last_attempt as (
    select
        status,
        error_message
    from github.sync_attempts
    where repository_id = %(repository_id)s and status != 'skipped'
    order by attempt_id desc
    limit 1
),

failure as (
    select error_message
    from last_attempt
    where status in ('error', 'killed')
)

update github.tracked_repositories
set
    sync_status = case
        when exists (select 1 from failure) then 'error'
        when last_sync_at is null then 'pending'
        else 'complete'
    end,
    last_sync_error = coalesce((select failure.error_message from failure), last_sync_error)
where repository_id = %(repository_id)s and sync_status = 'syncing'
