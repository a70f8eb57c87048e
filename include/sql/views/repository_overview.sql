create or replace view github.repository_overview as
select
    repository.repository_id,
    repository.full_name,
    repository.last_sync_at,
    repository.last_sync_error,
    repository.github_state,
    repository.github_conn_id,
    repository.prs_stored,
    repository.prs_failed,
    repository.has_drift,
    repository.scan_mode,
    repository.scan_prs_read,
    repository.scan_prs_total,
    attempt.attempt_id,
    attempt.run_id,
    attempt.map_index,
    attempt.status as attempt_status,
    attempt.is_final,
    attempt.started_at,
    attempt.finished_at,
    attempt.resumes_at,
    attempt.prs_synced,
    attempt.requests,
    attempt.quota_remaining,
    attempt.error_class,
    attempt.log_url,
    attempt.try_number,
    attempt.is_clearable,
    case
        when not repository.is_active then 'paused'
        when repository.sync_status = 'syncing' and attempt.status = 'running'
            then case when attempt.is_alive then 'syncing' else 'retrying' end
        when attempt.status = 'waiting' then 'waiting'
        when repository.sync_status = 'error' then 'failing'
        when attempt.status in ('error', 'killed') and not attempt.is_final then 'retrying'
        when repository.last_sync_at is null and repository.last_sync_error is null then 'never_synced'
        when
            repository.prs_failed > 0
            or repository.has_drift
            or repository.last_sync_error is not null
            then 'incomplete'
        else 'complete'
    end as state
from github.tracked_repositories as repository
left join lateral (
    select
        its.attempt_id,
        its.run_id,
        its.map_index,
        its.try_number,
        its.status,
        its.is_final,
        its.started_at,
        its.finished_at,
        its.resumes_at,
        its.prs_synced,
        its.requests,
        its.quota_remaining,
        its.error_class,
        its.log_url,
        -- A running sync holds the repository's lock, which ends with its holder.
        its.status = 'running' and exists (
            select 1
            from pg_catalog.pg_locks as held
            where
                held.locktype = 'advisory'
                and held.database = (
                    select oid
                    from pg_catalog.pg_database
                    where datname = current_database()
                )
                and held.objsubid = 1
                and (held.classid::bigint << 32) | held.objid::bigint
                = hashtextextended('github.tracked_repositories', its.repository_id)
        ) as is_alive,
        its.is_final and its.status in ('error', 'killed') and not exists (
            select 1
            from github.sync_attempts as another
            where
                another.run_id = its.run_id
                and another.map_index = its.map_index
                and another.repository_id != its.repository_id
                and another.attempt_id > its.attempt_id
        ) as is_clearable
    from github.sync_attempts as its
    where
        its.repository_id = repository.repository_id
        and its.status != 'skipped'
    order by its.attempt_id desc
    limit 1
) as attempt on true;

comment on view github.repository_overview is
'One row per tracked repository: its state in one word, and its last attempt that was not skipped.';
comment on column github.repository_overview.repository_id is
'The repository (tracked_repositories).';
comment on column github.repository_overview.full_name is
'owner/name as GitHub last reported it.';
comment on column github.repository_overview.state is
'failing (it failed in the last run), retrying (a try failed or was killed; Airflow retries), incomplete (synced, except '
'for what last_sync_error says, or with other counts than GitHub''s), waiting (for GitHub''s rate limit), syncing, '
'never_synced, paused, complete.';
comment on column github.repository_overview.last_sync_at is
'The time, by GitHub''s clock, up to which the tables are complete for it.';
comment on column github.repository_overview.last_sync_error is
'What went wrong and what to do; NULL if the last sync stored everything.';
comment on column github.repository_overview.github_state is
'What GitHub last reported about it (tracked_repositories).';
comment on column github.repository_overview.github_conn_id is
'The Airflow connection whose credentials read it.';
comment on column github.repository_overview.prs_stored is
'Its pull requests in the table when its last sync ended.';
comment on column github.repository_overview.prs_failed is
'Its pull requests in sync_failures when its last sync ended.';
comment on column github.repository_overview.has_drift is
'Whether GitHub counted other numbers of pull requests than the table had; NULL if that is not known.';
comment on column github.repository_overview.scan_mode is
'full or incremental: the kind of its unfinished scan; NULL if none is unfinished.';
comment on column github.repository_overview.scan_prs_read is
'Pull requests that this scan has read.';
comment on column github.repository_overview.scan_prs_total is
'Pull requests it has to read, if that is known.';
comment on column github.repository_overview.attempt_id is
'Its last attempt (sync_attempts); NULL, like all that follows, if there was none.';
comment on column github.repository_overview.run_id is
'The Airflow run of that attempt.';
comment on column github.repository_overview.map_index is
'The position of its task instance in that run.';
comment on column github.repository_overview.attempt_status is
'How it ended: running, complete, waiting, error or killed.';
comment on column github.repository_overview.is_final is
'Whether the repository failed with it for good in that run.';
comment on column github.repository_overview.started_at is
'When it began (our clock).';
comment on column github.repository_overview.finished_at is
'When it ended (our clock).';
comment on column github.repository_overview.resumes_at is
'When it resumes (our clock), if it waits for GitHub''s rate limit.';
comment on column github.repository_overview.prs_synced is
'Pull requests it stored.';
comment on column github.repository_overview.requests is
'Requests it sent to GitHub.';
comment on column github.repository_overview.quota_remaining is
'What was left of the hourly quota after its last answer.';
comment on column github.repository_overview.error_class is
'The kind of error it ended with.';
comment on column github.repository_overview.try_number is
'Which try of that task instance it was, from 1.';
comment on column github.repository_overview.is_clearable is
'Whether it failed for good, and clearing its task instance runs this repository again: if the run''s list was '
'cleared, the position may belong to another repository.';
comment on column github.repository_overview.log_url is
'The URL of its log in Airflow.';
