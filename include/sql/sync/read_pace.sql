-- How long a request took lately, storing its answer included; NULL when there was none.
with lately as (
    select
        requests,
        finished_at - started_at as taken
    from github.sync_attempts
    where status = 'complete'
    order by attempt_id desc
    limit 1000
)

select sum(extract(epoch from taken))::float8 / nullif(sum(requests), 0) as seconds
from lately
