-- These reviews, and all reviews of these pull requests, are to be asked for by id.
update github.pull_request_reviews
set suspected_deleted_at = now()
where
    (github_review_id = any(%(keys)s::bigint[]) or github_pr_id = any(%(pull_requests)s::bigint[]))
    and suspected_deleted_at is null
    and deleted_at is null
