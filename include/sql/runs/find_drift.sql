-- What differs, and whether all that GitHub lists had just been read when it counted.
select
    drift.full_name,
    drift.github_open_prs,
    drift.stored_open_prs,
    drift.github_closed_prs,
    drift.stored_closed_prs,
    drift.github_merged_prs,
    drift.stored_merged_prs,
    drift.prs_failed,
    coalesce(last_attempt.mode = 'full', false) as is_all_read
from github.repository_drift as drift
left join lateral (
    select attempt.mode
    from github.sync_attempts as attempt
    where
        attempt.repository_id = drift.repository_id
        and attempt.mode is not null
    order by attempt.attempt_id desc
    limit 1
) as last_attempt on true
where drift.repository_id = any(%(repositories)s::bigint[])
order by drift.full_name collate "C"
