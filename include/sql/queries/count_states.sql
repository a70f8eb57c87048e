select
    state,
    count(*) as repositories,
    min(last_sync_at) as oldest_at
from github.repository_overview
group by state
