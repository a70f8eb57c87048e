-- The watermark never moves back, and only in the transaction that stores the pass's last page.
update github.tracked_repositories
set
    last_sync_at = greatest(last_sync_at, %(started_at)s::timestamptz),
    pass_mode = null,
    pass_since = null,
    pass_started_at = null,
    pass_cursor = null,
    pass_run_id = null
where repository_id = %(repository_id)s
