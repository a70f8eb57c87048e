-- What the last run said of its failure stays until this one has an outcome of its own.
update github.tracked_repositories
set sync_status = 'syncing'
where repository_id = %(repository_id)s
