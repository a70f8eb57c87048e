-- The progress of the attempts after this one.
select
    count(distinct attempt.repository_id) filter (
        where attempt.status not in ('running', 'waiting')
    ) as repositories_done,
    coalesce(sum(attempt.prs_synced), 0) as prs_synced,
    coalesce(sum(attempt.requests), 0) as requests,
    max(repository.full_name) filter (where attempt.status = 'running') as running,
    max(attempt.error_message) filter (where attempt.status = 'waiting') as waiting_for
from github.sync_attempts as attempt
inner join github.tracked_repositories as repository
    on attempt.repository_id = repository.repository_id
where attempt.attempt_id > %(after)s
