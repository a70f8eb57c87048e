insert into plain.pull_request_reviews (
    github_review_id, github_pr_id, reviewer, state, submitted_at, body
)
values (
    %(github_review_id)s, %(github_pr_id)s, %(reviewer)s, %(state)s, %(submitted_at)s, %(body)s
)
on conflict on constraint pull_request_reviews_pkey do update set
    state = excluded.state,
    submitted_at = excluded.submitted_at,
    body = excluded.body
