select
    count(*) filter (where deleted_at is null) as rows,
    count(*) filter (where deleted_at > now() - interval '7 days') as deleted_lately
from github.pull_requests
where repository_id = %(repository_id)s
