-- What GitHub last said is left of each connection's quota, and when.
with connections as (
    select
        github_conn_id,
        array_agg(repository_id) as repositories
    from github.tracked_repositories
    where is_active
    group by github_conn_id
)

select
    connections.github_conn_id,
    attempt.quota_remaining,
    attempt.seen_at
from connections
left join lateral (
    select
        seen.quota_remaining,
        coalesce(seen.finished_at, seen.started_at) as seen_at
    from github.sync_attempts as seen
    where
        seen.repository_id = any(connections.repositories)
        and seen.quota_remaining is not null
        and seen.started_at > now() - interval '2 days'
    order by seen.attempt_id desc
    limit 1
) as attempt on true
order by connections.github_conn_id
