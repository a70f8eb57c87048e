-- What GitHub last said is left of each connection's quota, and when.
with connections as (
    select
        github_conn_id,
        max(attempt_id) filter (where quota_remaining is not null) as attempt_id
    from github.repository_overview
    where state != 'paused'
    group by github_conn_id
)

select
    connections.github_conn_id,
    attempt.quota_remaining,
    coalesce(attempt.finished_at, attempt.started_at) as seen_at
from connections
left join github.sync_attempts as attempt
    on
        connections.attempt_id = attempt.attempt_id
        and attempt.started_at > now() - interval '2 days'
order by connections.github_conn_id collate "C"
