-- The repositories that attempts stored into which ended since then (NULL for ever); and up to when this is
-- told: an attempt that still runs ends later than that, and is told of next time.
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
        from github.tracked_repositories as repository
        where
            exists (
                select 1
                from github.sync_attempts as attempt
                where
                    attempt.repository_id = repository.repository_id
                    and attempt.prs_synced > 0
                    and attempt.finished_at > coalesce(%(since)s::timestamptz, '-infinity')
            )
        order by repository.full_name
    ) as repositories
