-- What is tracked, and with which connection it is read.
select
    github_repo_id,
    github_node_id,
    full_name,
    github_conn_id,
    is_active
from github.tracked_repositories
order by repository_id
