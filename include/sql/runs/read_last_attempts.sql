-- A run's last attempt at each repository, with the sums over all its attempts. A map index is only a
-- position: if the list is cleared, it may belong to another repository.
select distinct on (attempt.repository_id)
    attempt.repository_id,
    attempt.map_index,
    repository.full_name,
    attempt.attempt_id,
    attempt.try_number,
    attempt.status,
    attempt.is_final,
    attempt.error_message,
    sum(attempt.prs_synced) over of_repository as prs_synced,
    sum(attempt.reviews_synced) over of_repository as reviews_synced,
    sum(attempt.requests) over of_repository as requests
from github.sync_attempts as attempt
inner join github.tracked_repositories as repository
    on attempt.repository_id = repository.repository_id
where attempt.run_id = %(run_id)s
window of_repository as (partition by attempt.repository_id)
order by attempt.repository_id asc, attempt.attempt_id desc
