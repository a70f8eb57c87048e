select
    repository_id,
    github_repo_id,
    github_node_id,
    full_name,
    is_active,
    github_conn_id,
    last_sync_at,
    pass_mode,
    pass_since,
    pass_started_at,
    pass_cursor,
    pass_run_id
from github.tracked_repositories
where repository_id = %(repository_id)s
