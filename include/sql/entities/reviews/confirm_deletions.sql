-- GitHub was asked for these by id: what it no longer has is deleted, what it has is not missing.
update github.pull_request_reviews
set
    deleted_at = case when github_review_id = any(%(gone)s::bigint[]) then now() end,
    suspected_deleted_at = null
where github_review_id = any(%(present)s::bigint[] || %(gone)s::bigint[])
