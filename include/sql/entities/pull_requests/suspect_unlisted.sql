-- Pull requests that a full scan has not listed are to be asked for; those that failed were listed.
update github.pull_requests
set suspected_deleted_at = now()
where
    repository_id = %(repository_id)s
    and synced_at < %(began_at)s
    and suspected_deleted_at is null
    and deleted_at is null
    and not exists (
        select 1
        from github.sync_failures as failure
        where failure.github_pr_id = pull_requests.github_pr_id
    )
