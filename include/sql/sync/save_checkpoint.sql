update github.tracked_repositories
set
    scan_mode = %(mode)s,
    scan_since = %(since)s,
    scan_began_at = %(began_at)s,
    scan_started_at = %(started_at)s,
    scan_cursor = %(cursor)s,
    scan_run_id = %(run_id)s,
    scan_prs_read = %(prs_read)s,
    scan_prs_total = %(prs_total)s
where repository_id = %(repository_id)s
