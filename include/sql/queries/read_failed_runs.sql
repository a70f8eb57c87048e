-- The runs whose failed instances are the last word on a repository, with these instances.
select
    run_id,
    array_agg(map_index order by map_index) as map_indexes
from github.repository_overview
where state = 'failing' and is_final and run_id is not null
group by run_id
order by max(attempt_id) desc
