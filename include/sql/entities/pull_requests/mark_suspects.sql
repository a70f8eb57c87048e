-- These pull requests are to be asked for.
update github.pull_requests
set suspected_deleted_at = now()
where
    github_pr_id = any(%(keys)s::bigint[])
    and suspected_deleted_at is null
    and deleted_at is null
