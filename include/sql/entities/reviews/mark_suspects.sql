-- These reviews are to be asked for.
update github.pull_request_reviews
set suspected_deleted_at = now()
where
    github_review_id = any(%(keys)s::bigint[])
    and suspected_deleted_at is null
    and deleted_at is null
