-- How long a request took lately, storing its answer included; NULL when there was none.
select sum(extract(epoch from finished_at - started_at))::float8 / nullif(sum(requests), 0) as seconds
from github.sync_attempts
where status = 'complete' and started_at > now() - interval '7 days'
