create or replace view github.repository_drift as
select
    repository.repository_id,
    repository.full_name,
    repository.github_open_prs,
    repository.github_closed_prs,
    repository.github_merged_prs,
    repository.prs_failed,
    repository.counted_at,
    stored.open_prs as stored_open_prs,
    stored.closed_prs as stored_closed_prs,
    stored.merged_prs as stored_merged_prs
from github.tracked_repositories as repository
left join lateral (
    select
        count(*) filter (where pull_request.state = 'open') as open_prs,
        count(*) filter (where pull_request.state = 'closed') as closed_prs,
        count(*) filter (where pull_request.state = 'merged') as merged_prs
    from github.pull_requests as pull_request
    where
        pull_request.repository_id = repository.repository_id
        and pull_request.deleted_at is null
) as stored on true
where
    repository.counted_at is not null
    and (repository.github_open_prs, repository.github_closed_prs, repository.github_merged_prs)
    is distinct from (stored.open_prs, stored.closed_prs, stored.merged_prs);

comment on view github.repository_drift is
'One row per repository for which GitHub counted other numbers of pull requests than the table has; empty is what you want.';
comment on column github.repository_drift.repository_id is
'The repository (tracked_repositories).';
comment on column github.repository_drift.full_name is
'owner/name as GitHub last reported it.';
comment on column github.repository_drift.github_open_prs is
'Open pull requests, counted by GitHub when the last scan ended.';
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
