-- An instance that ended before it started; close_attempt.sql records how.
insert into github.sync_attempts (
    repository_id, run_id, map_index, try_number, status, log_url
)
select
    repository_id,
    %(run_id)s,
    %(map_index)s,
    coalesce(%(try_number)s::integer, 1),
    'running',
    %(log_url)s
from github.tracked_repositories
where repository_id = %(repository_id)s
returning attempt_id
