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
comment on column github.tracked_repositories.has_drift is
'Whether repository_drift showed it when its last sync ended; NULL if GitHub did not count, or not at one moment.';
