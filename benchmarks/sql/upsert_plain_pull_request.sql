insert into plain.pull_requests (
    github_pr_id, number, title, body, state, is_draft, author, created_at, updated_at, closed_at,
    merged_at, additions, deletions, changed_files
)
values (
    %(github_pr_id)s, %(number)s, %(title)s, %(body)s, %(state)s, %(is_draft)s, %(author)s,
    %(created_at)s, %(updated_at)s, %(closed_at)s, %(merged_at)s, %(additions)s, %(deletions)s,
    %(changed_files)s
)
on conflict on constraint pull_requests_pkey do update set
    title = excluded.title,
    body = excluded.body,
    state = excluded.state,
    is_draft = excluded.is_draft,
    updated_at = excluded.updated_at,
    closed_at = excluded.closed_at,
    merged_at = excluded.merged_at,
    additions = excluded.additions,
    deletions = excluded.deletions,
    changed_files = excluded.changed_files
