-- The name now belongs to another repository on GitHub. The row that still has it gets a temporary name; its
-- next sync finds its new name.
update github.tracked_repositories
set full_name = full_name || '.renamed-' || repository_id
where
    lower(full_name collate "C") = lower(%(full_name)s collate "C")
    and github_repo_id is distinct from %(github_repo_id)s
