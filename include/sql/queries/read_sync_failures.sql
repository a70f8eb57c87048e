select
    number,
    github_pr_id,
    github_node_id,
    error
from github.sync_failures
where repository_id = %(repository_id)s
order by number
