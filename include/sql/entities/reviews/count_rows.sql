-- Those that went with their pull requests are counted there.
select
    count(*) filter (where review.deleted_at is null) as rows,
    count(*) filter (
        where review.deleted_at > now() - interval '7 days' and pull_request.deleted_at is null
    ) as deleted_lately
from github.pull_request_reviews as review
inner join github.pull_requests as pull_request
    on review.github_pr_id = pull_request.github_pr_id
where pull_request.repository_id = %(repository_id)s
