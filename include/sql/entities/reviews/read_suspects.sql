select
    review.github_review_id as key,
    review.github_node_id,
    review.github_pr_id,
    pull_request.number
from github.pull_request_reviews as review
inner join github.pull_requests as pull_request
    on review.github_pr_id = pull_request.github_pr_id
where
    pull_request.repository_id = %(repository_id)s
    and review.suspected_deleted_at is not null
    and review.deleted_at is null
    and review.github_review_id > %(after)s
order by review.github_review_id
limit 100
