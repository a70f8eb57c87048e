-- The pull requests that have been open for longest, without drafts. Ages end at the repository's
-- last_sync_at, so that they grow only with syncs.
with reviews as (
    select
        review.github_pr_id,
        count(*) as reviews,
        (array_agg(review.state order by review.submitted_at desc))[1] as last_review
    from github.pull_request_reviews as review
    where
        review.deleted_at is null
        and review.submitted_at is not null
    group by review.github_pr_id
)

select
    repository.full_name,
    pull_request.number,
    pull_request.title,
    author.login as author,
    reviews.last_review,
    extract(epoch from repository.last_sync_at - pull_request.created_at) / 86400 as days_open,
    coalesce(reviews.reviews, 0) as reviews
from github.pull_requests as pull_request
inner join github.tracked_repositories as repository
    on pull_request.repository_id = repository.repository_id
left join github.users as author
    on pull_request.author_id = author.github_user_id
left join reviews
    on pull_request.github_pr_id = reviews.github_pr_id
where
    pull_request.state = 'open'
    and pull_request.deleted_at is null
    and not pull_request.is_draft
order by days_open desc
limit 5
