-- The last status of each repository in one run, and the sums of all its attempts.
select distinct on (attempt.repository_id)
    repository.full_name,
    attempt.status,
    attempt.mode,
    attempt.error_class,
    attempt.error_message,
    attempt.quota_remaining,
    sum(attempt.prs_synced) over instance as prs_synced,
    sum(attempt.reviews_synced) over instance as reviews_synced,
    sum(attempt.requests) over instance as requests,
    extract(epoch from sum(attempt.finished_at - attempt.started_at) over instance) as seconds
from github.sync_attempts as attempt
inner join github.tracked_repositories as repository
    on attempt.repository_id = repository.repository_id
where attempt.run_id = %(run_id)s
window instance as (partition by attempt.repository_id)
order by attempt.repository_id asc, attempt.attempt_id desc
