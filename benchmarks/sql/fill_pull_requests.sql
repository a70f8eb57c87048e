-- The pull requests of each repository.
insert into github.pull_requests (
    github_pr_id,
    github_node_id,
    repository_id,
    number,
    title,
    body,
    state,
    is_draft,
    created_at,
    updated_at,
    base_ref,
    head_ref,
    head_sha,
    additions,
    deletions,
    changed_files,
    commits_count,
    html_url
)
select
    repository.repository_id * 1000 + numbers.n,
    'PR_' || repository.repository_id || '_' || numbers.n,
    repository.repository_id,
    numbers.n,
    'feat: ' || numbers.n,
    '',
    'open',
    false,
    now() - interval '1 day',
    now(),
    'main',
    'feature',
    repeat('a', 40),
    10,
    2,
    1,
    1,
    'https://github.com/' || repository.full_name || '/pull/' || numbers.n
from github.tracked_repositories as repository
cross join generate_series(1, %(pull_requests)s) as numbers (n)
