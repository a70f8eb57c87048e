-- The watermark never moves back, and only in the transaction that stores the pass's last page; nor if
-- somebody changed it by hand meanwhile.
update github.tracked_repositories
set
    last_sync_at = case
        when last_sync_at is not distinct from %(last_sync_at)s::timestamptz
            then greatest(last_sync_at, %(started_at)s::timestamptz)
        else last_sync_at
    end,
    scan_mode = null,
    scan_since = null,
    scan_began_at = null,
    scan_started_at = null,
    scan_cursor = null,
    scan_run_id = null,
    scan_prs_read = null,
    scan_prs_total = null
where repository_id = %(repository_id)s
returning last_sync_at
