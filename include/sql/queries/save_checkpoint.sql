update github.tracked_repositories
set
    pass_mode = %(mode)s,
    pass_since = %(since)s,
    pass_began_at = %(began_at)s,
    pass_started_at = %(started_at)s,
    pass_cursor = %(cursor)s,
    pass_run_id = %(run_id)s,
    pass_prs_read = %(prs_read)s,
    pass_prs_total = %(prs_total)s
where repository_id = %(repository_id)s
