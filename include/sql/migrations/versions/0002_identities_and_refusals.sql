-- views: 45655df9cf9b6be5
-- What GitHub refuses to the credentials is named, and drift that is not known is not called none.
alter table github.tracked_repositories
add column refused_fields jsonb not null default '{}',
alter column has_drift drop not null,
alter column has_drift drop default;

comment on column github.tracked_repositories.refused_fields is
'What GitHub refused to its connection''s credentials since its last full scan began, with GitHub''s reasons: '
'{"reviews.commit": "Resource not accessible by integration"}. Such values are NULL. "counts": GitHub did not count its '
'pull requests.';
comment on column github.pull_request_labels.github_label_id is
'GitHub''s global (GraphQL) id of the label; it has no other. If GitHub changes the format of its ids, pull requests '
'that are not read again keep the old one: group by name.';
comment on column github.tracked_repositories.has_drift is
'Whether repository_drift showed it when its last sync ended; NULL if GitHub did not count, or not at one moment.';

-- Names compare the same in any locale: in Turkish, lower('HOTFIX') is another word.
drop index github.tracked_repositories_full_name_key;
create unique index tracked_repositories_full_name_key
on github.tracked_repositories (lower(full_name collate "C"));

-- This rewrites the table, while the schema's lock is held and no sync runs.
alter table github.pull_requests
drop column is_revert,
drop column is_hotfix,
add column is_revert boolean not null
generated always as (position('revert' in lower(title collate "C")) > 0) stored,
add column is_hotfix boolean not null
generated always as (position('hotfix' in lower(title collate "C")) > 0) stored;
comment on column github.pull_requests.is_revert is
'Whether the title contains "revert" in any case.';
comment on column github.pull_requests.is_hotfix is
'Whether the title contains "hotfix" in any case.';
