-- The complete reviews of these pull requests. A stored one that they lack is a suspect, to be asked for.
with given as materialized (
    select *
    from
        jsonb_to_recordset(%(rows)s::jsonb)
            as (
                github_review_id bigint, github_node_id text, github_pr_id bigint, reviewer_id bigint,
                state text, submitted_at timestamptz, body text, commit_sha text, html_url text
            )
),

suspects as (
    update github.pull_request_reviews as review
    set suspected_deleted_at = now()
    where
        review.github_pr_id = any(%(pull_requests)s::bigint[])
        and review.suspected_deleted_at is null
        and review.deleted_at is null
        and not exists (
            select 1
            from given
            where given.github_review_id = review.github_review_id
        )
)

insert into github.pull_request_reviews (
    github_review_id, github_node_id, github_pr_id, reviewer_id, state, submitted_at, body,
    commit_sha, html_url
)
select
    review.github_review_id,
    review.github_node_id,
    review.github_pr_id,
    review.reviewer_id,
    review.state,
    review.submitted_at,
    review.body,
    review.commit_sha,
    review.html_url
from given as review
on conflict on constraint pull_request_reviews_pkey do update
    set
        github_node_id = excluded.github_node_id,
        github_pr_id = excluded.github_pr_id,
        reviewer_id = excluded.reviewer_id,
        state = excluded.state,
        submitted_at = excluded.submitted_at,
        body = excluded.body,
        commit_sha = excluded.commit_sha,
        html_url = excluded.html_url,
        suspected_deleted_at = null,
        deleted_at = null,
        synced_at = now()
