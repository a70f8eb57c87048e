-- An instance that ended before it could begin.
insert into github.sync_attempts (
    repository_id, run_id, map_index, try_number, status, is_final, finished_at, error_class,
    error_message, log_url
)
select
    repository_id,
    %(run_id)s,
    %(map_index)s,
    %(try_number)s,
    'killed',
    true,
    now(),
    'TaskKilled',
    %(message)s,
    %(log_url)s
from github.tracked_repositories
where repository_id = %(repository_id)s
returning attempt_id
