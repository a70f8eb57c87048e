-- One page of the repositories; a sort key with a minus sign is descending.
select
    repository_id,
    full_name,
    state,
    last_sync_at,
    last_sync_error,
    github_state,
    github_conn_id,
    prs_stored,
    prs_failed,
    has_drift,
    scan_prs_read,
    scan_prs_total,
    run_id,
    map_index,
    attempt_status,
    is_clearable,
    try_number,
    started_at,
    resumes_at,
    prs_synced,
    requests,
    quota_remaining,
    log_url,
    count(*) over () as matching
from github.repository_overview
where
    (%(state)s = '' or state = %(state)s)
    and strpos(lower(full_name collate "C"), lower(%(search)s collate "C")) > 0
order by
    case %(sort)s
        when 'state'
            then array_position(%(states)s::text[], state)
        when '-state'
            then -array_position(%(states)s::text[], state)
        when 'fresh' then extract(epoch from last_sync_at)
        when '-fresh' then -extract(epoch from last_sync_at)
        when 'attempt' then extract(epoch from started_at)
        when '-attempt' then -extract(epoch from started_at)
        when 'prs' then prs_stored
        when '-prs' then -prs_stored
        when 'requests' then requests
        when '-requests' then -requests
    end asc nulls last,
    case when %(sort)s = '-name' then lower(full_name collate "C") end desc nulls last,
    lower(full_name collate "C") asc
limit %(page_size)s offset %(skipped)s
