-- GitHub was asked for these: one that it no longer has is deleted, one that it has is no suspect.
update github.pull_requests
set
    deleted_at = case when github_pr_id = any(%(gone)s::bigint[]) then now() end,
    suspected_deleted_at = null
where github_pr_id = any(%(present)s::bigint[] || %(gone)s::bigint[])
