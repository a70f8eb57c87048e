-- The repositories that changed since then (NULL: ever): an attempt that ended since stored something, or
-- something was marked deleted. Changes of a running attempt come with the next announcement (up_to).
with changed as (
    select attempt.repository_id
    from github.sync_attempts as attempt
    where
        attempt.prs_synced > 0
        and attempt.finished_at > coalesce(%(since)s::timestamptz, '-infinity')
    union distinct
    select pull_request.repository_id
    from github.pull_requests as pull_request
    where pull_request.deleted_at > coalesce(%(since)s::timestamptz, '-infinity')
    union distinct
    select reviewed.repository_id
    from github.pull_request_reviews as review
    inner join github.pull_requests as reviewed
        on review.github_pr_id = reviewed.github_pr_id
    where review.deleted_at > coalesce(%(since)s::timestamptz, '-infinity')
)

select
    least(
        now(),
        (
            select min(running.started_at)
            from github.sync_attempts as running
            where running.status = 'running' and not running.is_final
        )
    ) as up_to,
    array(
        select repository.full_name
        from changed
        inner join github.tracked_repositories as repository
            on changed.repository_id = repository.repository_id
        order by repository.full_name collate "C"
    ) as repositories
