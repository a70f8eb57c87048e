-- How fast each repository reviews and merges.
select
    repository.full_name,
    count(pull_request.github_pr_id) as pull_requests,
    count(pull_request.merged_at) as merged,
    count(*) filter (where pull_request.state = 'open') as still_open,
    percentile_cont(0.5) within group (
        order by pull_request.review_time_hours
    ) as median_hours_to_first_review,
    percentile_cont(0.5) within group (
        order by pull_request.cycle_time_hours
    ) as median_hours_to_merge
from github.tracked_repositories as repository
inner join github.pull_requests as pull_request
    on repository.repository_id = pull_request.repository_id
where pull_request.deleted_at is null
group by repository.repository_id
order by pull_requests desc, repository.full_name asc
