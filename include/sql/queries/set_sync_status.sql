update github.tracked_repositories
set
    sync_status = %(status)s,
    last_sync_error = %(error)s
where repository_id = %(repository_id)s
