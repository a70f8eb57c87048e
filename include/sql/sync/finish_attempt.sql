-- What it stored was counted by the transactions that stored it; requests count even if they failed.
update github.sync_attempts
set
    status = %(status)s,
    is_final = %(is_final)s,
    finished_at = now(),
    resumes_at = %(resumes_at)s,
    error_class = %(error_class)s,
    error_message = %(error_message)s,
    mode = %(mode)s,
    requests = %(requests)s,
    quota_remaining = %(quota_remaining)s
where attempt_id = %(attempt_id)s
