-- The instance has ended, and its last attempt did not record it.
update github.sync_attempts
set
    status = case
        when status = 'error' or %(error_class)s != 'TaskKilled' then 'error' else 'killed'
    end,
    is_final = true,
    finished_at = coalesce(finished_at, now()),
    error_class = case when status = 'error' then error_class else %(error_class)s end,
    error_message = case when status = 'error' then error_message else %(message)s end
where attempt_id = %(attempt_id)s
returning error_message
