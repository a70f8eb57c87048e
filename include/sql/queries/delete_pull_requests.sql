-- Asked for by id, GitHub answered that these are gone. The rows stay, marked.
update github.pull_requests
set deleted_at = now()
where github_pr_id = any(%(pull_requests)s::bigint[]) and deleted_at is null
