update github.tracked_repositories
set refused_fields = %(refused_fields)s::jsonb
where repository_id = %(repository_id)s
