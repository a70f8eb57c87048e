update github.tracked_repositories
set
    pass_mode = null,
    pass_since = null,
    pass_started_at = null,
    pass_cursor = null,
    pass_run_id = null
where repository_id = %(repository_id)s
