-- Newest wins: a row with a later updated_at stays, and is not among the ids returned, unless all is read again
-- to repair the table. What is stored is no longer a failure.
with given as materialized (
    select *
    from
        jsonb_to_recordset(%(rows)s::jsonb)
            as (
                github_pr_id bigint, github_node_id text, number integer, title text, body text, state text,
                is_draft boolean, author_id bigint, created_at timestamptz, updated_at timestamptz,
                closed_at timestamptz, merged_at timestamptz, merged_by_id bigint, base_ref text,
                head_ref text, head_sha text, additions integer, deletions integer,
                changed_files integer, commits_count integer, html_url text
            )
),

no_longer_failed as (
    delete from github.sync_failures as failure
    using given
    where
        failure.repository_id = %(repository_id)s
        and failure.github_pr_id = given.github_pr_id
)

insert into github.pull_requests (
    github_pr_id, github_node_id, repository_id, number, title, body, state, is_draft,
    author_id, created_at, updated_at, closed_at, merged_at, merged_by_id, base_ref, head_ref,
    head_sha, additions, deletions, changed_files, commits_count, html_url
)
select
    pull_request.github_pr_id,
    pull_request.github_node_id,
    %(repository_id)s::bigint,
    pull_request.number,
    pull_request.title,
    pull_request.body,
    pull_request.state,
    pull_request.is_draft,
    pull_request.author_id,
    pull_request.created_at,
    pull_request.updated_at,
    pull_request.closed_at,
    pull_request.merged_at,
    pull_request.merged_by_id,
    pull_request.base_ref,
    pull_request.head_ref,
    pull_request.head_sha,
    pull_request.additions,
    pull_request.deletions,
    pull_request.changed_files,
    pull_request.commits_count,
    pull_request.html_url
from given as pull_request
on conflict on constraint pull_requests_pkey do update
    set
        github_node_id = excluded.github_node_id,
        repository_id = excluded.repository_id,
        number = excluded.number,
        title = excluded.title,
        body = excluded.body,
        state = excluded.state,
        is_draft = excluded.is_draft,
        author_id = excluded.author_id,
        created_at = excluded.created_at,
        updated_at = excluded.updated_at,
        closed_at = excluded.closed_at,
        merged_at = excluded.merged_at,
        merged_by_id = excluded.merged_by_id,
        base_ref = excluded.base_ref,
        head_ref = excluded.head_ref,
        head_sha = excluded.head_sha,
        additions = excluded.additions,
        deletions = excluded.deletions,
        changed_files = excluded.changed_files,
        commits_count = excluded.commits_count,
        html_url = excluded.html_url,
        suspected_deleted_at = null,
        deleted_at = null,
        synced_at = now()
    where pull_requests.updated_at <= excluded.updated_at or %(overwrite)s
returning pull_requests.github_pr_id
