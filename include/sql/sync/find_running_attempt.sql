select
    run_id,
    map_index
from github.sync_attempts
where repository_id = %(repository_id)s and status = 'running'
order by attempt_id desc
limit 1
