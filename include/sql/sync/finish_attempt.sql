update github.sync_attempts
set
    status = %(status)s,
    is_final = %(is_final)s,
    finished_at = now(),
    resumes_at = %(resumes_at)s,
    error_class = %(error_class)s,
    error_message = %(error_message)s
where attempt_id = %(attempt_id)s
