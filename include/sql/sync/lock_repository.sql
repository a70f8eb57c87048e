-- The database session holds it, so that it ends with its holder.
select
    pg_try_advisory_lock(
        hashtextextended('github.tracked_repositories', %(repository_id)s)
    ) as is_locked
