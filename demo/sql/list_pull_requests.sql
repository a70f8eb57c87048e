-- What identifies each stored pull request, and the version of it that is stored.
select
    repository.full_name,
    pull_request.number,
    pull_request.state,
    pull_request.updated_at
from github.pull_requests as pull_request
inner join github.tracked_repositories as repository
    on pull_request.repository_id = repository.repository_id
where pull_request.deleted_at is null
