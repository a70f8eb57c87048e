-- The columns of each stored review that can be compared with GitHub.
select
    review.github_review_id,
    review.state,
    reviewer.login as reviewer,
    review.submitted_at,
    review.body
from github.pull_request_reviews as review
left join github.users as reviewer
    on review.reviewer_id = reviewer.github_user_id
where review.deleted_at is null
