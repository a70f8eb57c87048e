-- The next stored pull requests, by number: GitHub is asked by id whether they still exist; deleted ones may be back.
select
    pull_request.number,
    pull_request.github_pr_id,
    pull_request.github_pr_id as key,
    pull_request.github_node_id,
    pull_request.deleted_at is not null as is_deleted
from github.pull_requests as pull_request
inner join github.tracked_repositories as repository
    on pull_request.repository_id = repository.repository_id
where
    pull_request.repository_id = %(repository_id)s
    and pull_request.number > repository.sampled_to_number
order by pull_request.number
limit 100
