-- What the attempt has stored and asked so far, in the transaction that stores it.
update github.sync_attempts
set
    mode = %(mode)s,
    prs_synced = %(prs_synced)s,
    reviews_synced = %(reviews_synced)s,
    rows_stored = %(rows_stored)s::jsonb,
    requests = %(requests)s,
    quota_remaining = %(quota_remaining)s
where attempt_id = %(attempt_id)s
