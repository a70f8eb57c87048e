-- The columns of each stored label that can be compared with GitHub.
select
    repository.full_name,
    pull_request.number,
    label.github_label_id,
    label.name,
    label.color,
    label.description
from github.pull_request_labels as label
inner join github.pull_requests as pull_request
    on label.github_pr_id = pull_request.github_pr_id
inner join github.tracked_repositories as repository
    on pull_request.repository_id = repository.repository_id
where pull_request.deleted_at is null
