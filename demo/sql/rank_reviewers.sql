-- The people with the most reviews of other people's pull requests, in all repositories.
select
    reviewer.login,
    count(*) as reviews,
    count(distinct review.github_pr_id) as pull_requests,
    count(distinct pull_request.repository_id) as repositories,
    avg((review.state = 'approved')::integer) as approved_share
from github.pull_request_reviews as review
inner join github.pull_requests as pull_request
    on review.github_pr_id = pull_request.github_pr_id
inner join github.users as reviewer
    on review.reviewer_id = reviewer.github_user_id
where
    review.deleted_at is null
    and pull_request.deleted_at is null
    and review.submitted_at is not null
    and reviewer.type = 'User'
    and review.reviewer_id is distinct from pull_request.author_id
group by reviewer.github_user_id
order by reviews desc, reviewer.login asc
limit 5
