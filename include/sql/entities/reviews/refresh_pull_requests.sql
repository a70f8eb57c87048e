update github.pull_requests
set first_review_at = first_review.submitted_at
from (
    select
        pull_request.github_pr_id,
        min(review.submitted_at) as submitted_at
    from github.pull_requests as pull_request
    left join (
        github.pull_request_reviews as review
        left join github.users as reviewer
            on review.reviewer_id = reviewer.github_user_id
    )
        on
            pull_request.github_pr_id = review.github_pr_id
            and review.deleted_at is null
            and review.state != 'pending'
            and reviewer.type is distinct from 'Bot'
            and (review.reviewer_id is null or review.reviewer_id is distinct from pull_request.author_id)
    where pull_request.github_pr_id = any(%(pull_requests)s::bigint[])
    group by pull_request.github_pr_id
) as first_review
where
    pull_requests.github_pr_id = first_review.github_pr_id
    and pull_requests.first_review_at is distinct from first_review.submitted_at
