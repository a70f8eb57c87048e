-- Locked until reported, so that no other task reports them meanwhile.
select
    attempt.attempt_id,
    repository.full_name as repository,
    attempt.run_id,
    attempt.map_index,
    attempt.try_number,
    attempt.status,
    attempt.error_class,
    attempt.error_message,
    attempt.log_url
from github.sync_attempts as attempt
inner join github.tracked_repositories as repository
    on attempt.repository_id = repository.repository_id
where
    attempt.is_final
    and attempt.reported_at is null
    and attempt.attempt_id = any(%(attempts)s::bigint[])
order by attempt.attempt_id
for update of attempt
