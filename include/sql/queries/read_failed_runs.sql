-- The runs whose failed instances are the last word on a repository.
select
    run_id,
    count(*) as repositories
from github.repository_overview
where state = 'failing' and is_final and run_id is not null
group by run_id
order by max(attempt_id) desc
