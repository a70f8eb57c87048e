-- The current rows of these repositories, with their unfinished scans.
select
    repository_id,
    github_repo_id,
    github_node_id,
    full_name,
    is_active,
    github_conn_id,
    last_sync_at,
    github_state,
    page_size,
    refused_fields,
    scan_mode,
    scan_since,
    scan_began_at,
    scan_started_at,
    scan_cursor,
    scan_run_id,
    scan_prs_read,
    scan_prs_total,
    exists (
        select 1
        from github.pull_requests
        where pull_requests.repository_id = tracked_repositories.repository_id
    )
    or exists (
        select 1
        from github.sync_failures
        where sync_failures.repository_id = tracked_repositories.repository_id
    ) as has_pull_requests
from github.tracked_repositories
where repository_id = any(%(repositories)s::bigint[])
order by github_conn_id collate "C", repository_id
