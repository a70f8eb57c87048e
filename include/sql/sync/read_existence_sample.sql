-- The next stored pull requests, by number, with their reviews: 100 ids to be looked up.
with candidates as (
    select
        pull_request.number,
        pull_request.github_pr_id,
        pull_request.github_node_id
    from github.pull_requests as pull_request
    inner join github.tracked_repositories as repository
        on pull_request.repository_id = repository.repository_id
    where
        pull_request.repository_id = %(repository_id)s
        and pull_request.number > repository.sampled_to_number
        and pull_request.deleted_at is null
    order by pull_request.number
    limit 100
),

things as (
    select
        candidate.number,
        candidate.github_pr_id,
        null::bigint as github_review_id,
        candidate.github_node_id
    from candidates as candidate
    union all
    select
        candidate.number,
        candidate.github_pr_id,
        review.github_review_id,
        review.github_node_id
    from candidates as candidate
    inner join github.pull_request_reviews as review
        on candidate.github_pr_id = review.github_pr_id
    where review.deleted_at is null
)

select
    number,
    github_pr_id,
    github_review_id,
    github_node_id
from things
order by number asc, github_review_id asc nulls first
limit 100
