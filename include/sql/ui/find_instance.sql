-- The repository of a run's task instance.
select repository_id
from github.sync_attempts
where run_id = %(run_id)s and map_index = %(map_index)s
order by attempt_id desc
limit 1
