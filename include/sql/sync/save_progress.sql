update github.sync_attempts
set
    prs_synced = %(prs_synced)s,
    reviews_synced = %(reviews_synced)s
where attempt_id = %(attempt_id)s
