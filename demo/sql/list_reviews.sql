-- What identifies each stored review, and its verdict.
select
    review.github_review_id,
    review.state
from github.pull_request_reviews as review
inner join github.pull_requests as pull_request
    on review.github_pr_id = pull_request.github_pr_id
where
    review.deleted_at is null
    and pull_request.deleted_at is null
