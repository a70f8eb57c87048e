-- Reviews that GitHub's complete list of their pull request lacks: suspects, to be asked for by id.
update github.pull_request_reviews
set suspected_deleted_at = now()
where
    github_pr_id = any(%(pull_requests)s::bigint[])
    and github_review_id != all(%(reviews)s::bigint[])
    and suspected_deleted_at is null
    and deleted_at is null
