-- Those that failed before this attempt, and have not failed in it again; those not tried for longest come first.
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
order by failure.last_failed_at, failure.number
limit 100
