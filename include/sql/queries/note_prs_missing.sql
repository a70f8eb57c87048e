update github.tracked_repositories
set
    prs_missing = (
        select count(*)
        from github.sync_failures
        where sync_failures.repository_id = %(repository_id)s
    )
where repository_id = %(repository_id)s
