-- Pull requests that GitHub shows again, or of which it shows a review again: each sync asks for its failures by id.
insert into github.sync_failures (repository_id, number, github_pr_id, github_node_id, error)
select
    repository_id,
    number,
    github_pr_id,
    github_node_id,
    'It, or a review of it, was marked as deleted, and GitHub shows it again. The next sync reads it again.'
from github.pull_requests
where github_pr_id = any(%(pull_requests)s::bigint[])
on conflict on constraint sync_failures_pkey do nothing
