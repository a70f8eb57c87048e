-- A row that was added by name only, and has not been synced yet.
update github.tracked_repositories
set
    github_repo_id = %(github_repo_id)s,
    github_node_id = %(github_node_id)s
where
    lower(full_name collate "C") = lower(%(full_name)s collate "C")
    and github_repo_id is null
    and not exists (
        select 1
        from github.tracked_repositories as other
        where other.github_repo_id = %(github_repo_id)s
    )
