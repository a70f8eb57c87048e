update github.tracked_repositories
set is_active = false
where lower(full_name) = lower(%(full_name)s)
returning full_name
