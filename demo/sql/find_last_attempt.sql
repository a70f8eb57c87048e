-- The id of the last attempt.
select coalesce(max(attempt.attempt_id), 0) as attempt_id
from github.sync_attempts as attempt
