-- Held by the database session, so that it dies with its holder.
select
    pg_try_advisory_lock(
        hashtextextended('github.tracked_repositories', %(repository_id)s)
    ) as is_locked
