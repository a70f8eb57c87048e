-- What was looked up and is gone is a suspect now; the next check goes on behind it.
with missing_pull_requests as (
    update github.pull_requests
    set suspected_deleted_at = now()
    where github_pr_id = any(%(pull_requests)s::bigint[]) and suspected_deleted_at is null
),

missing_reviews as (
    update github.pull_request_reviews
    set suspected_deleted_at = now()
    where github_review_id = any(%(reviews)s::bigint[]) and suspected_deleted_at is null
)

update github.tracked_repositories
set sampled_to_number = %(number)s
where repository_id = %(repository_id)s
