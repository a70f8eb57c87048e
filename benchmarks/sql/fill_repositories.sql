-- Many repositories with a month of daily attempts each, for the UI.
with repositories as (
    insert into github.tracked_repositories (
        full_name,
        github_repo_id,
        github_node_id,
        sync_status,
        last_sync_at,
        last_sync_error,
        github_state,
        prs_stored
    )
    select
        'org-' || mod(numbers.n, 40) || '/repository-' || numbers.n,
        numbers.n,
        'R_' || numbers.n,
        case when mod(numbers.n, 100) = 0 then 'error' else 'complete' end,
        now() - interval '4 hours',
        case
            when mod(numbers.n, 100) = 0
                then 'GitHub refused the credentials. Put a valid token into the Airflow connection.'
        end,
        'active',
        numbers.n * 7
    from generate_series(1, %(repositories)s) as numbers (n)
    returning repository_id, full_name, sync_status
)

insert into github.sync_attempts (
    repository_id,
    run_id,
    map_index,
    try_number,
    status,
    is_final,
    mode,
    started_at,
    finished_at,
    prs_synced,
    reviews_synced,
    requests,
    quota_remaining,
    error_class,
    error_message,
    log_url
)
select
    repositories.repository_id,
    'scheduled__' || days.n,
    repositories.repository_id - 1,
    1,
    case when days.n = 1 then repositories.sync_status else 'complete' end,
    days.n = 1,
    'incremental',
    now() - make_interval(days => days.n::integer),
    now() - make_interval(days => days.n::integer) + interval '3 seconds',
    12,
    30,
    1,
    4000,
    case when days.n = 1 and repositories.sync_status = 'error' then 'BadCredentials' end,
    case when days.n = 1 and repositories.sync_status = 'error' then 'GitHub refused the credentials' end,
    'http://localhost:8080/dags/sync_github_repositories'
from repositories
cross join generate_series(%(attempts)s, 1, -1) as days (n)
