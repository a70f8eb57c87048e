select
    github_pr_id as key,
    github_node_id,
    github_pr_id,
    number
from github.pull_requests
where
    repository_id = %(repository_id)s
    and suspected_deleted_at is not null
    and github_pr_id > %(after)s
order by github_pr_id
limit 100
