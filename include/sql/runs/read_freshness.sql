-- Up to when the data of the active repositories are complete: of the one furthest behind, and of the one
-- furthest on. NULL where none was ever synced.
select
    min(last_sync_at) as oldest_at,
    max(last_sync_at) as newest_at
from github.tracked_repositories
where is_active
