-- What a forecast needs to know of these repositories.
select
    repository_id,
    full_name,
    github_node_id,
    github_conn_id,
    last_sync_at,
    scan_since,
    scan_cursor is not null as is_unfinished
from github.tracked_repositories
where repository_id = any(%(repositories)s::bigint[])
order by github_conn_id, repository_id
