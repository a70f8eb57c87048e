-- The columns of each stored pull request that can be compared with GitHub.
select
    repository.full_name,
    pull_request.number,
    pull_request.title,
    pull_request.state,
    author.login as author,
    pull_request.created_at,
    pull_request.updated_at,
    pull_request.closed_at,
    pull_request.merged_at,
    pull_request.additions,
    pull_request.deletions,
    pull_request.changed_files,
    pull_request.commits_count,
    pull_request.head_sha
from github.pull_requests as pull_request
inner join github.tracked_repositories as repository
    on pull_request.repository_id = repository.repository_id
left join github.users as author
    on pull_request.author_id = author.github_user_id
where pull_request.deleted_at is null
