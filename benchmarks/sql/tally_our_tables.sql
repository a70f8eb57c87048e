select
    count(*) as pull_requests,
    (
        select count(*)
        from github.pull_request_reviews
        where deleted_at is null
    ) as reviews,
    count(merged_at) as merged,
    coalesce(sum(extract(epoch from updated_at)), 0)::bigint as updated_seconds
from github.pull_requests
where deleted_at is null
