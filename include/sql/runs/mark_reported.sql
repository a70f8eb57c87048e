update github.sync_attempts
set reported_at = now()
where attempt_id = %(attempt_id)s
