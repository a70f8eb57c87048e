-- All states, also those without a repository: a gauge keeps its last value.
select
    possible.state,
    count(overview.repository_id) as repositories
from
    (
        values
        ('failing'),
        ('retrying'),
        ('incomplete'),
        ('waiting'),
        ('syncing'),
        ('never_synced'),
        ('complete'),
        ('paused')
    ) as possible (state)
left join github.repository_overview as overview on possible.state = overview.state
group by possible.state
