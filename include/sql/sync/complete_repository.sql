update github.tracked_repositories
set
    sync_status = 'complete',
    last_sync_error = %(message)s
where repository_id = %(repository_id)s
