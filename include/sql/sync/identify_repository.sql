update github.tracked_repositories
set
    github_repo_id = %(github_repo_id)s,
    github_node_id = %(github_node_id)s,
    full_name = %(full_name)s
where repository_id = %(repository_id)s
