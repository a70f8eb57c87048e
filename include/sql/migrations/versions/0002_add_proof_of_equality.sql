-- What shows that the tables equal GitHub: its counts beside ours, its word on what is gone, and the
-- state in which it last showed each repository.
alter table github.tracked_repositories
add column github_state text,
add column has_issues_enabled boolean,
add column github_open_prs integer,
add column github_closed_prs integer,
add column github_merged_prs integer,
add column counted_at timestamptz,
add column prs_failed integer not null default 0,
add column page_size integer not null default 100,
add column sampled_to_number integer not null default 0,
add column scan_began_at timestamptz,
add constraint tracked_repositories_github_state_check
check (
    github_state in (
        'active', 'empty', 'archived', 'locked', 'disabled', 'pull_requests_disabled',
        'not_found', 'name_taken', 'no_access', 'sso_required', 'ip_not_allowed', 'blocked'
    )
),
add constraint tracked_repositories_page_size_check check (page_size between 1 and 100);

comment on column github.tracked_repositories.github_state is
'What GitHub last said of it: active, empty (no commits), archived, locked (being moved), disabled (by '
'GitHub), pull_requests_disabled; or why it cannot be read: not_found (deleted, or taken from what the '
'token may read), name_taken (deleted, and its name now another''s), no_access (the token sees nothing of '
'its owner), sso_required, ip_not_allowed, blocked (for legal reasons). NULL before first contact.';
comment on column github.tracked_repositories.has_issues_enabled is
'Whether its issues are enabled on GitHub; pull requests are read either way.';
comment on column github.tracked_repositories.github_open_prs is
'How many open pull requests GitHub counted when the last pass ended; NULL when they changed while it was reading.';
comment on column github.tracked_repositories.github_closed_prs is
'How many closed (unmerged) pull requests GitHub counted then.';
comment on column github.tracked_repositories.github_merged_prs is
'How many merged pull requests GitHub counted then.';
comment on column github.tracked_repositories.counted_at is
'When GitHub counted them (GitHub''s clock).';
comment on column github.tracked_repositories.prs_failed is
'How many pull requests the last complete sync could not store (sync_failures); 0 is what you want.';
comment on column github.tracked_repositories.page_size is
'How many of its pull requests GitHub last managed to serve at once.';
comment on column github.tracked_repositories.sampled_to_number is
'Up to which pull request the daily check has asked GitHub by id whether it still exists; then it begins anew.';
comment on column github.tracked_repositories.scan_began_at is
'When the unfinished pass began (our clock): of a full one, what is not written since then was not listed.';

alter table github.pull_requests add column suspected_deleted_at timestamptz;

comment on column github.pull_requests.suspected_deleted_at is
'When GitHub''s list of all pull requests first lacked it (our clock); it is then asked for by id. NULL otherwise.';

create index pull_requests_repository_id_state_idx
on github.pull_requests (repository_id, state)
where deleted_at is null;
create index pull_requests_missing_idx
on github.pull_requests (repository_id, github_pr_id)
where suspected_deleted_at is not null;

alter table github.sync_attempts add column resumes_at timestamptz;

comment on column github.sync_attempts.resumes_at is
'When the next attempt goes on (our clock), if it waits for GitHub''s rate limit; NULL otherwise.';

create view github.repository_drift as
with stored as (
    select
        repository_id,
        count(*) filter (where state = 'open') as open_prs,
        count(*) filter (where state = 'closed') as closed_prs,
        count(*) filter (where state = 'merged') as merged_prs
    from github.pull_requests
    where deleted_at is null
    group by repository_id
)

select
    repository.repository_id,
    repository.full_name,
    repository.github_open_prs,
    repository.github_closed_prs,
    repository.github_merged_prs,
    repository.prs_failed,
    repository.counted_at,
    coalesce(stored.open_prs, 0) as stored_open_prs,
    coalesce(stored.closed_prs, 0) as stored_closed_prs,
    coalesce(stored.merged_prs, 0) as stored_merged_prs
from github.tracked_repositories as repository
left join stored on repository.repository_id = stored.repository_id
where
    repository.counted_at is not null
    and (repository.github_open_prs, repository.github_closed_prs, repository.github_merged_prs)
    is distinct from (
        coalesce(stored.open_prs, 0), coalesce(stored.closed_prs, 0), coalesce(stored.merged_prs, 0)
    );

comment on view github.repository_drift is
'One row per repository of which GitHub counted other numbers of pull requests than the tables hold; empty is what you want.';
comment on column github.repository_drift.repository_id is
'The repository (tracked_repositories).';
comment on column github.repository_drift.full_name is
'owner/name as GitHub last called it.';
comment on column github.repository_drift.github_open_prs is
'Open pull requests, counted by GitHub when the last pass ended.';
comment on column github.repository_drift.stored_open_prs is
'Open pull requests in the table now.';
comment on column github.repository_drift.github_closed_prs is
'Closed (unmerged) pull requests, counted by GitHub.';
comment on column github.repository_drift.stored_closed_prs is
'Closed (unmerged) pull requests in the table.';
comment on column github.repository_drift.github_merged_prs is
'Merged pull requests, counted by GitHub.';
comment on column github.repository_drift.stored_merged_prs is
'Merged pull requests in the table.';
comment on column github.repository_drift.prs_failed is
'Pull requests in sync_failures: a known part of the difference.';
comment on column github.repository_drift.counted_at is
'When GitHub counted (GitHub''s clock).';
