-- Those synced longest ago first; first syncs, which may take long, last.
select
    repository_id,
    full_name,
    is_active
from github.tracked_repositories
order by last_sync_at nulls last, repository_id
