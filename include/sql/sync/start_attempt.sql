insert into github.sync_attempts (repository_id, run_id, map_index, try_number, status, log_url)
values (
    %(repository_id)s, %(run_id)s, %(map_index)s, %(try_number)s, 'running', %(log_url)s
)
returning attempt_id, started_at
