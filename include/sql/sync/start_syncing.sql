-- The last run's error stays until this one has a result of its own.
update github.tracked_repositories
set sync_status = 'syncing'
where repository_id = %(repository_id)s
