select pg_advisory_unlock(hashtextextended('github.tracked_repositories', %(repository_id)s))
