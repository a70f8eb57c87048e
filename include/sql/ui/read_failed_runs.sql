-- The runs in which a repository last failed, with their failed instances.
select
    overview.run_id,
    array_agg(overview.map_index order by overview.map_index) as map_indexes
from github.tracked_repositories as repository
inner join github.repository_overview as overview
    on repository.repository_id = overview.repository_id
where
    -- Few are: the attempts of the others need not be read.
    repository.sync_status = 'error'
    and overview.state = 'failing'
    and overview.is_clearable
group by overview.run_id
order by max(overview.attempt_id) desc
