-- One repository is one row, found by GitHub's id whatever its earlier name. If no connection is named, it
-- keeps its own.
insert into github.tracked_repositories (
    github_repo_id, github_node_id, full_name, github_conn_id
)
values (
    %(github_repo_id)s,
    %(github_node_id)s,
    %(full_name)s,
    coalesce(%(github_conn_id)s::text, 'github_default')
)
on conflict on constraint tracked_repositories_github_repo_id_key do update
    set
        github_node_id = excluded.github_node_id,
        full_name = excluded.full_name,
        github_conn_id = coalesce(%(github_conn_id)s::text, tracked_repositories.github_conn_id),
        is_active = true
returning repository_id
