-- With a page: what GitHub reported about the repository, how far the scan is (all NULL when it is complete),
-- and what the attempt has stored and asked so far. The watermark moves only with the last page of a scan; it
-- never moves back, unless everything was read again, nor if an operator changed it meanwhile.
with attempt as (
    update github.sync_attempts
    set
        mode = %(mode)s,
        prs_synced = %(prs_synced)s,
        reviews_synced = %(reviews_synced)s,
        rows_stored = %(rows_stored)s::jsonb,
        requests = %(requests)s,
        quota_remaining = %(quota_remaining)s
    where attempt_id = %(attempt_id)s
)

update github.tracked_repositories
set
    github_state = %(github_state)s,
    has_issues_enabled = %(has_issues_enabled)s,
    github_open_prs = %(open_prs)s,
    github_closed_prs = %(closed_prs)s,
    github_merged_prs = %(merged_prs)s,
    counted_at = %(counted_at)s,
    refused_fields = %(refused_fields)s::jsonb,
    page_size = coalesce(%(page_size)s, page_size),
    sampled_to_number = coalesce(%(sampled_to_number)s, sampled_to_number),
    scan_mode = %(scan_mode)s,
    scan_since = %(scan_since)s,
    scan_began_at = %(scan_began_at)s,
    scan_started_at = %(scan_started_at)s,
    scan_cursor = %(scan_cursor)s,
    scan_run_id = %(scan_run_id)s,
    scan_prs_read = %(scan_prs_read)s,
    scan_prs_total = %(scan_prs_total)s,
    last_sync_at = case
        when last_sync_at is not distinct from %(last_sync_at)s::timestamptz
            then case
                when %(is_full)s then coalesce(%(complete_to)s::timestamptz, last_sync_at)
                else greatest(last_sync_at, %(complete_to)s::timestamptz)
            end
        else last_sync_at
    end
where repository_id = %(repository_id)s
returning last_sync_at
