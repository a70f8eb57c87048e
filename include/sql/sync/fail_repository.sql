-- Unless a later attempt, of any run, has recorded a result of its own.
update github.tracked_repositories as repository
set
    sync_status = 'error',
    last_sync_error = %(message)s,
    github_state = coalesce(%(github_state)s, repository.github_state)
where
    repository.repository_id = %(repository_id)s
    and not exists (
        select 1
        from github.sync_attempts as later
        where
            later.repository_id = repository.repository_id
            and later.attempt_id > %(attempt_id)s
            and later.status != 'skipped'
    )
