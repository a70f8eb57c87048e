delete from github.sync_failures
where repository_id = %(repository_id)s and github_pr_id = any(%(pull_requests)s::bigint[])
