insert into github.sync_failures (repository_id, number, github_pr_id, github_node_id, error)
select
    %(repository_id)s::bigint,
    failure.number,
    failure.github_pr_id,
    failure.github_node_id,
    failure.error
from
    jsonb_to_recordset(%(failures)s::jsonb)
        as failure (
            number integer, github_pr_id bigint, github_node_id text, error text
        )
on conflict on constraint sync_failures_pkey do update
    set
        github_pr_id = excluded.github_pr_id,
        github_node_id = excluded.github_node_id,
        error = excluded.error,
        last_failed_at = now(),
        tries = sync_failures.tries + 1
