select
    overview.repository_id,
    overview.full_name,
    overview.state,
    overview.last_sync_at,
    overview.last_sync_error,
    overview.github_state,
    overview.github_conn_id,
    overview.prs_stored,
    overview.prs_failed,
    overview.has_drift,
    overview.scan_prs_read,
    overview.scan_prs_total,
    overview.run_id,
    overview.map_index,
    overview.attempt_status,
    overview.is_clearable,
    overview.try_number,
    overview.started_at,
    overview.resumes_at,
    overview.prs_synced,
    overview.requests,
    overview.quota_remaining,
    overview.log_url,
    repository.tracked_at,
    repository.counted_at
from github.repository_overview as overview
inner join github.tracked_repositories as repository
    on overview.repository_id = repository.repository_id
where overview.repository_id = %(repository_id)s
