-- The reviews of these pull requests, as many as GitHub looks up at once; deleted ones may be back.
select
    pull_request.number,
    review.github_pr_id,
    review.github_review_id as key,
    review.github_node_id,
    review.deleted_at is not null as is_deleted
from github.pull_request_reviews as review
inner join github.pull_requests as pull_request
    on review.github_pr_id = pull_request.github_pr_id
where review.github_pr_id = any(%(pull_requests)s::bigint[])
order by pull_request.number, review.github_review_id
limit 100
