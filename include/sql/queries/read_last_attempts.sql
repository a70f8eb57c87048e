-- The last attempt of each of a run's instances, with what all of the instance's attempts did.
select distinct on (attempt.map_index)
    attempt.map_index,
    attempt.repository_id,
    repository.full_name,
    attempt.attempt_id,
    attempt.try_number,
    attempt.status,
    attempt.is_final,
    attempt.error_message,
    sum(attempt.prs_synced) over instance as prs_synced,
    sum(attempt.reviews_synced) over instance as reviews_synced,
    sum(attempt.requests) over instance as requests
from github.sync_attempts as attempt
inner join github.tracked_repositories as repository
    on attempt.repository_id = repository.repository_id
where attempt.run_id = %(run_id)s
window instance as (partition by attempt.map_index)
order by attempt.map_index asc, attempt.attempt_id desc
