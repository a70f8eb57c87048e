-- What the tables have of the repository at the end of a sync.
update github.tracked_repositories
set
    prs_stored = (
        select count(*)
        from github.pull_requests
        where
            pull_requests.repository_id = %(repository_id)s
            and pull_requests.deleted_at is null
    ),
    prs_failed = (
        select count(*)
        from github.sync_failures
        where sync_failures.repository_id = %(repository_id)s
    ),
    has_drift = case
        when counted_at is not null
            then exists (
                select 1
                from github.repository_drift
                where repository_drift.repository_id = %(repository_id)s
            )
    end
where repository_id = %(repository_id)s
