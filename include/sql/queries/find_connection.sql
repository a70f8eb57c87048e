select github_conn_id
from github.tracked_repositories
where lower(full_name) = lower(%(full_name)s)
