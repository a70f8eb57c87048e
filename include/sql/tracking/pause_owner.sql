update github.tracked_repositories
set is_active = false
where lower(split_part(full_name, '/', 1)) = lower(%(owner)s)
returning full_name
