-- The reviews of pull requests that GitHub no longer has.
update github.pull_request_reviews
set
    deleted_at = now(),
    suspected_deleted_at = null
where
    github_pr_id = any(%(pull_requests)s::bigint[])
    and deleted_at is null
