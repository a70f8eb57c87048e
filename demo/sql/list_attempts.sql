-- The attempts after this one, with the repository's current number of failed pull requests.
select
    repository.full_name,
    repository.prs_failed,
    attempt.status,
    attempt.is_final,
    attempt.prs_synced,
    attempt.requests,
    attempt.error_class,
    attempt.error_message
from github.sync_attempts as attempt
inner join github.tracked_repositories as repository
    on attempt.repository_id = repository.repository_id
where attempt.attempt_id > %(after)s
order by attempt.attempt_id
