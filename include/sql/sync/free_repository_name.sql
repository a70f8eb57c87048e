-- GitHub says that the name now belongs to another repository: the row that still carries it, whose
-- own new name its next sync learns, steps aside.
update github.tracked_repositories
set full_name = full_name || '.renamed-' || repository_id
where
    lower(full_name) = lower(%(full_name)s)
    and github_repo_id is distinct from %(github_repo_id)s
