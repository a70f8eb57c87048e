-- Those that failed before this attempt, and have not failed in it again.
select
    failure.number,
    failure.github_pr_id,
    failure.github_node_id,
    failure.error
from github.sync_failures as failure
inner join github.sync_attempts as attempt
    on failure.repository_id = attempt.repository_id
where
    attempt.attempt_id = %(attempt_id)s
    and failure.last_failed_at < attempt.started_at
    and failure.number > %(after_number)s
order by failure.number
limit 100
