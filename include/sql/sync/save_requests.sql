-- What was stored is counted by the transactions that stored it; requests also fail.
update github.sync_attempts
set
    mode = %(mode)s,
    requests = %(requests)s,
    quota_remaining = %(quota_remaining)s
where attempt_id = %(attempt_id)s
