update github.tracked_repositories
set is_active = false
where lower(full_name collate "C") = lower(%(full_name)s collate "C")
returning full_name
