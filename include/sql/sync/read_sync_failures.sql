select
    number,
    github_pr_id,
    github_node_id,
    error,
    first_failed_at < now() - make_interval(days => %(max_days)s) as is_overdue
from github.sync_failures
where repository_id = %(repository_id)s
order by number
