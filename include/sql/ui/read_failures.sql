-- The pull requests of one repository that could not be stored.
select
    number,
    error,
    tries,
    first_failed_at,
    last_failed_at,
    count(*) over () as matching
from github.sync_failures
where repository_id = %(repository_id)s
order by number
limit %(at_most)s
