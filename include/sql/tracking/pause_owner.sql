update github.tracked_repositories
set is_active = false
where lower(split_part(full_name, '/', 1) collate "C") = lower(%(owner)s collate "C")
returning full_name
