-- The last attempts at one repository, the newest first.
select
    attempt_id,
    run_id,
    map_index,
    try_number,
    mode,
    status,
    started_at,
    prs_synced,
    reviews_synced,
    requests,
    error_class,
    error_message,
    log_url,
    extract(epoch from coalesce(finished_at, now()) - started_at)::float8 as seconds
from github.sync_attempts
where repository_id = %(repository_id)s
order by attempt_id desc
limit %(at_most)s
