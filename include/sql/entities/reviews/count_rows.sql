select count(*) as rows
from github.pull_request_reviews as review
inner join github.pull_requests as pull_request
    on review.github_pr_id = pull_request.github_pr_id
where
    pull_request.repository_id = %(repository_id)s
    and review.deleted_at is null
