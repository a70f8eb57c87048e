-- GitHub was asked for these by id: what it no longer has is deleted, and its reviews are suspects;
-- what it has is not missing.
with gone_reviews as (
    update github.pull_request_reviews
    set suspected_deleted_at = now()
    where github_pr_id = any(%(gone)s::bigint[]) and suspected_deleted_at is null and deleted_at is null
)

update github.pull_requests
set
    deleted_at = case when github_pr_id = any(%(gone)s::bigint[]) then now() end,
    suspected_deleted_at = null
where github_pr_id = any(%(present)s::bigint[] || %(gone)s::bigint[])
