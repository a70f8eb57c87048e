-- How often this task instance has waited for the rate limit, over all its tries (clearing it after it
-- finally failed starts again at 0); and the time by the clock that all workers share.
select
    now() as clock,
    count(*) as waits
from github.sync_attempts
where
    repository_id = %(repository_id)s
    and run_id = %(run_id)s
    and map_index = %(map_index)s
    and status = 'waiting'
    and attempt_id > (
        select coalesce(max(final_attempt.attempt_id), 0)
        from github.sync_attempts as final_attempt
        where
            final_attempt.repository_id = %(repository_id)s
            and final_attempt.run_id = %(run_id)s
            and final_attempt.is_final
    )
