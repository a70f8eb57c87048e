select
    count(*) as pull_requests,
    (select count(*) from plain.pull_request_reviews) as reviews,
    count(merged_at) as merged,
    coalesce(sum(extract(epoch from updated_at)), 0)::bigint as updated_seconds
from plain.pull_requests
