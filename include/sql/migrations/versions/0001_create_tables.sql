-- views: 8c11ee7cb722077f
-- The schema "github": what is tracked, what GitHub has, and what each sync did.
comment on table github.schema_version is 'One row: the version of the schema github, managed by Alembic.';
comment on column github.schema_version.version_num is 'The last migration that was applied (see include/sql/migrations).';

create table github.tracked_repositories (
    repository_id bigint generated always as identity,
    github_repo_id bigint,
    github_node_id text,
    full_name text not null,
    is_active boolean not null default true,
    github_conn_id text not null default 'github_default',
    sync_status text not null default 'pending',
    last_sync_at timestamptz,
    last_sync_error text,
    prs_stored integer not null default 0,
    prs_failed integer not null default 0,
    has_drift boolean not null default false,
    github_state text,
    has_issues_enabled boolean,
    github_open_prs integer,
    github_closed_prs integer,
    github_merged_prs integer,
    counted_at timestamptz,
    page_size integer not null default 100,
    sampled_to_number integer not null default 0,
    scan_mode text,
    scan_since timestamptz,
    scan_run_id text,
    scan_began_at timestamptz,
    scan_started_at timestamptz,
    scan_cursor text,
    scan_prs_read integer,
    scan_prs_total integer,
    tracked_at timestamptz not null default now(),
    constraint tracked_repositories_pkey primary key (repository_id),
    constraint tracked_repositories_github_repo_id_key unique (github_repo_id),
    constraint tracked_repositories_full_name_check check (full_name ~ '^[^/\s]+/[^/\s]+$'),
    constraint tracked_repositories_sync_status_check
    check (sync_status in ('pending', 'syncing', 'complete', 'error')),
    constraint tracked_repositories_github_state_check
    check (
        github_state in (
            'active', 'empty', 'archived', 'locked', 'disabled', 'pull_requests_disabled',
            'not_found', 'name_taken', 'no_access', 'sso_required', 'ip_not_allowed', 'blocked'
        )
    ),
    constraint tracked_repositories_page_size_check check (page_size between 1 and 100),
    constraint tracked_repositories_scan_mode_check check (scan_mode in ('full', 'incremental'))
);
create unique index tracked_repositories_full_name_key
on github.tracked_repositories (lower(full_name));

comment on table github.tracked_repositories is
'One row per repository that is, or was, synced.';
comment on column github.tracked_repositories.repository_id is
'Our own number for the repository; every other table refers to it.';
comment on column github.tracked_repositories.github_repo_id is
'GitHub''s number for the repository, which survives renames and transfers; null until it is tracked by the Dag or synced.';
comment on column github.tracked_repositories.github_node_id is
'GitHub''s global (GraphQL) id of the repository, by which it is asked for; null until it is tracked by the Dag or synced.';
comment on column github.tracked_repositories.full_name is
'owner/name as GitHub last reported it; unique whatever the case. Not a key: it changes when the repository is renamed.';
comment on column github.tracked_repositories.is_active is
'Whether the daily run syncs it; false means paused.';
comment on column github.tracked_repositories.github_conn_id is
'The Airflow connection whose credentials read it.';
comment on column github.tracked_repositories.sync_status is
'pending (never synced), syncing, complete, or error (the last run failed for it).';
comment on column github.tracked_repositories.last_sync_at is
'The time, by GitHub''s clock, up to which the tables are complete for it; NULL until its first full sync is complete.';
comment on column github.tracked_repositories.last_sync_error is
'What went wrong and what to do; NULL if the last sync stored everything.';
comment on column github.tracked_repositories.prs_stored is
'Pull requests of the repository in the table, without deleted ones, when its last sync ended.';
comment on column github.tracked_repositories.prs_failed is
'Pull requests of the repository in sync_failures when its last sync ended; 0 is what you want.';
comment on column github.tracked_repositories.has_drift is
'Whether repository_drift showed it when its last sync ended.';
comment on column github.tracked_repositories.github_state is
'What GitHub last reported: active, empty (no commits), archived, locked (being moved), disabled (by GitHub), '
'pull_requests_disabled; or why it cannot be read: not_found (deleted, or hidden from the token), name_taken '
'(deleted, and another repository has its name), no_access (the token sees nothing of its owner), sso_required, '
'ip_not_allowed, blocked (for legal reasons). NULL before the first sync.';
comment on column github.tracked_repositories.has_issues_enabled is
'Whether its issues are enabled on GitHub; pull requests are read either way.';
comment on column github.tracked_repositories.github_open_prs is
'Open pull requests as GitHub counted them when the last scan ended; NULL if they changed during the scan.';
comment on column github.tracked_repositories.github_closed_prs is
'Closed (unmerged) pull requests as GitHub counted them then.';
comment on column github.tracked_repositories.github_merged_prs is
'Merged pull requests as GitHub counted them then.';
comment on column github.tracked_repositories.counted_at is
'When GitHub counted them (GitHub''s clock).';
comment on column github.tracked_repositories.page_size is
'How many of its pull requests GitHub last served in one page.';
comment on column github.tracked_repositories.sampled_to_number is
'The last pull request that the daily existence sample asked GitHub for by id; after the last one it starts again.';
comment on column github.tracked_repositories.scan_mode is
'full or incremental: the kind of the unfinished scan over its pull requests; NULL if none is unfinished.';
comment on column github.tracked_repositories.scan_since is
'The unfinished scan reads pull requests updated at or after this time (GitHub''s clock); NULL for all of them.';
comment on column github.tracked_repositories.scan_run_id is
'The Airflow run that started the unfinished scan.';
comment on column github.tracked_repositories.scan_began_at is
'When the unfinished scan began (our clock); a full scan did not list the rows that were last written before.';
comment on column github.tracked_repositories.scan_started_at is
'When the unfinished scan asked for its first page (GitHub''s clock); becomes last_sync_at when it ends.';
comment on column github.tracked_repositories.scan_cursor is
'GitHub''s cursor after the last stored page; the next attempt resumes here.';
comment on column github.tracked_repositories.scan_prs_read is
'Pull requests that the unfinished scan has read; NULL if none is unfinished.';
comment on column github.tracked_repositories.scan_prs_total is
'Pull requests that it has to read; known for a full scan: GitHub''s count of all.';
comment on column github.tracked_repositories.tracked_at is
'When it was added (our clock).';

create table github.users (
    github_user_id bigint not null,
    login text not null,
    type text not null,
    constraint users_pkey primary key (github_user_id)
);

comment on table github.users is
'One row per person, bot or other account that wrote, merged or reviewed a stored pull request.';
comment on column github.users.github_user_id is
'GitHub''s number for the account, which survives renames.';
comment on column github.users.login is
'The account''s name as GitHub''s GraphQL API last reported it (a bot''s without "[bot]").';
comment on column github.users.type is
'GitHub''s kind of account: User, Bot, Mannequin (imported, not yet claimed), Organization.';

create table github.pull_requests (
    github_pr_id bigint not null,
    github_node_id text not null,
    repository_id bigint not null,
    number integer not null,
    title text not null,
    body text not null,
    state text not null,
    is_draft boolean not null,
    author_id bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    closed_at timestamptz,
    merged_at timestamptz,
    merged_by_id bigint,
    base_ref text not null,
    head_ref text not null,
    head_sha text not null,
    additions integer not null,
    deletions integer not null,
    changed_files integer not null,
    commits_count integer not null,
    html_url text not null,
    first_review_at timestamptz,
    cycle_time_hours numeric(12, 2)
    generated always as (round((extract(epoch from merged_at - created_at) / 3600)::numeric, 2)) stored,
    review_time_hours numeric(12, 2)
    generated always as (round((extract(epoch from first_review_at - created_at) / 3600)::numeric, 2)) stored,
    is_revert boolean not null generated always as (position('revert' in lower(title)) > 0) stored,
    is_hotfix boolean not null generated always as (position('hotfix' in lower(title)) > 0) stored,
    suspected_deleted_at timestamptz,
    deleted_at timestamptz,
    synced_at timestamptz not null default now(),
    constraint pull_requests_pkey primary key (github_pr_id),
    constraint pull_requests_repository_id_number_key unique (repository_id, number),
    constraint pull_requests_repository_id_fkey
    foreign key (repository_id) references github.tracked_repositories (repository_id),
    constraint pull_requests_author_id_fkey
    foreign key (author_id) references github.users (github_user_id),
    constraint pull_requests_merged_by_id_fkey
    foreign key (merged_by_id) references github.users (github_user_id),
    constraint pull_requests_state_check check (state in ('open', 'closed', 'merged'))
);
create index pull_requests_author_id_idx on github.pull_requests (author_id);
create index pull_requests_merged_by_id_idx on github.pull_requests (merged_by_id);
create index pull_requests_repository_id_created_at_idx
on github.pull_requests (repository_id, created_at);
create index pull_requests_repository_id_state_idx
on github.pull_requests (repository_id, state)
where deleted_at is null;
create index pull_requests_suspected_idx
on github.pull_requests (repository_id, github_pr_id)
where suspected_deleted_at is not null;
create index pull_requests_deleted_at_idx
on github.pull_requests (deleted_at)
where deleted_at is not null;

comment on table github.pull_requests is
'One row per pull request of a tracked repository.';
comment on column github.pull_requests.github_pr_id is
'GitHub''s number for the pull request across all repositories (fullDatabaseId); not the number in its URL.';
comment on column github.pull_requests.github_node_id is
'GitHub''s global (GraphQL) id of the pull request.';
comment on column github.pull_requests.repository_id is
'The repository it belongs to (tracked_repositories).';
comment on column github.pull_requests.number is
'Its number within the repository, as in its URL.';
comment on column github.pull_requests.title is
'Its title; a NUL character is stored as U+FFFD.';
comment on column github.pull_requests.body is
'Its description in Markdown; empty when none was written.';
comment on column github.pull_requests.state is
'open, closed (without merging) or merged.';
comment on column github.pull_requests.is_draft is
'Whether it is a draft now.';
comment on column github.pull_requests.author_id is
'Who opened it (users); NULL for a deleted account.';
comment on column github.pull_requests.created_at is
'When it was opened (GitHub''s clock).';
comment on column github.pull_requests.updated_at is
'When it was last updated (GitHub''s clock).';
comment on column github.pull_requests.closed_at is
'When it was closed or merged (GitHub''s clock); NULL while open.';
comment on column github.pull_requests.merged_at is
'When it was merged (GitHub''s clock); NULL unless merged.';
comment on column github.pull_requests.merged_by_id is
'Who merged it (users); NULL if it is not merged, or the account was deleted.';
comment on column github.pull_requests.base_ref is
'The branch it is to be merged into.';
comment on column github.pull_requests.head_ref is
'The branch it comes from; GitHub keeps the name after the branch or fork is deleted.';
comment on column github.pull_requests.head_sha is
'The commit at the tip of head_ref.';
comment on column github.pull_requests.additions is
'Lines added.';
comment on column github.pull_requests.deletions is
'Lines deleted.';
comment on column github.pull_requests.changed_files is
'Files changed.';
comment on column github.pull_requests.commits_count is
'Commits in it.';
comment on column github.pull_requests.html_url is
'Its page on GitHub.';
comment on column github.pull_requests.first_review_at is
'When someone other than its author, and not a bot, first submitted a review; reviewers whose account was '
'deleted count. NULL if there is none.';
comment on column github.pull_requests.cycle_time_hours is
'Hours from created_at to merged_at; NULL unless merged.';
comment on column github.pull_requests.review_time_hours is
'Hours from created_at to first_review_at; NULL while it has none.';
comment on column github.pull_requests.is_revert is
'Whether the title contains "revert" in any case.';
comment on column github.pull_requests.is_hotfix is
'Whether the title contains "hotfix" in any case.';
comment on column github.pull_requests.suspected_deleted_at is
'When GitHub''s list of all pull requests first lacked it (our clock); GitHub is then asked for it by id. NULL otherwise.';
comment on column github.pull_requests.deleted_at is
'When GitHub, asked by id, answered that it no longer has it (our clock); NULL while it exists.';
comment on column github.pull_requests.synced_at is
'When this row was last written from GitHub (our clock).';

create table github.pull_request_reviews (
    github_review_id bigint not null,
    github_node_id text not null,
    github_pr_id bigint not null,
    reviewer_id bigint,
    state text not null,
    submitted_at timestamptz,
    body text not null,
    commit_sha text,
    html_url text not null,
    suspected_deleted_at timestamptz,
    deleted_at timestamptz,
    synced_at timestamptz not null default now(),
    constraint pull_request_reviews_pkey primary key (github_review_id),
    constraint pull_request_reviews_github_pr_id_fkey
    foreign key (github_pr_id) references github.pull_requests (github_pr_id),
    constraint pull_request_reviews_reviewer_id_fkey
    foreign key (reviewer_id) references github.users (github_user_id),
    constraint pull_request_reviews_state_check
    check (state in ('approved', 'changes_requested', 'commented', 'dismissed', 'pending'))
);
create index pull_request_reviews_github_pr_id_idx
on github.pull_request_reviews (github_pr_id);
create index pull_request_reviews_reviewer_id_idx
on github.pull_request_reviews (reviewer_id);
create index pull_request_reviews_deleted_at_idx
on github.pull_request_reviews (deleted_at)
where deleted_at is not null;

comment on table github.pull_request_reviews is
'One row per review of a stored pull request.';
comment on column github.pull_request_reviews.github_review_id is
'GitHub''s number for the review (fullDatabaseId).';
comment on column github.pull_request_reviews.github_node_id is
'GitHub''s global (GraphQL) id of the review.';
comment on column github.pull_request_reviews.github_pr_id is
'The pull request it reviews (pull_requests).';
comment on column github.pull_request_reviews.reviewer_id is
'Who wrote it (users); NULL for a deleted account.';
comment on column github.pull_request_reviews.state is
'approved, changes_requested, commented, dismissed, or pending (begun, not submitted).';
comment on column github.pull_request_reviews.submitted_at is
'When it was submitted (GitHub''s clock); NULL while pending.';
comment on column github.pull_request_reviews.body is
'Its text in Markdown; empty when none was written.';
comment on column github.pull_request_reviews.commit_sha is
'The commit it was written for; NULL when that commit is gone.';
comment on column github.pull_request_reviews.html_url is
'Its place on GitHub.';
comment on column github.pull_request_reviews.suspected_deleted_at is
'When GitHub''s list of the pull request''s reviews first lacked it (our clock); GitHub is then asked for it '
'by id. NULL otherwise.';
comment on column github.pull_request_reviews.deleted_at is
'When GitHub, asked by id, answered that it no longer has it (our clock); NULL while it exists.';
comment on column github.pull_request_reviews.synced_at is
'When this row was last written from GitHub (our clock).';

create table github.pull_request_labels (
    github_pr_id bigint not null,
    github_label_id text not null,
    name text not null,
    color text not null,
    description text,
    constraint pull_request_labels_pkey primary key (github_pr_id, github_label_id),
    constraint pull_request_labels_github_pr_id_fkey
    foreign key (github_pr_id) references github.pull_requests (github_pr_id)
);
create index pull_request_labels_name_idx on github.pull_request_labels (lower(name));

comment on table github.pull_request_labels is
'One row per label of a stored pull request, as of the last sync of that pull request.';
comment on column github.pull_request_labels.github_pr_id is
'The pull request that carries it (pull_requests).';
comment on column github.pull_request_labels.github_label_id is
'GitHub''s global (GraphQL) id of the label; the GraphQL API gives labels no number.';
comment on column github.pull_request_labels.name is
'Its name. A renamed label keeps the old name here until its pull request is next updated.';
comment on column github.pull_request_labels.color is
'Its color: six hexadecimal digits.';
comment on column github.pull_request_labels.description is
'Its description; NULL if it has none.';

create table github.sync_attempts (
    attempt_id bigint generated always as identity,
    repository_id bigint not null,
    run_id text not null,
    map_index integer not null,
    try_number integer not null,
    mode text,
    status text not null,
    is_final boolean not null default false,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    resumes_at timestamptz,
    prs_synced integer not null default 0,
    reviews_synced integer not null default 0,
    rows_stored jsonb not null default '{}',
    requests integer not null default 0,
    quota_remaining integer,
    error_class text,
    error_message text,
    log_url text,
    reported_at timestamptz,
    constraint sync_attempts_pkey primary key (attempt_id),
    constraint sync_attempts_repository_id_fkey
    foreign key (repository_id) references github.tracked_repositories (repository_id)
    on delete cascade,
    constraint sync_attempts_mode_check check (mode in ('full', 'incremental')),
    constraint sync_attempts_status_check
    check (status in ('running', 'complete', 'waiting', 'skipped', 'error', 'killed'))
);
create index sync_attempts_repository_id_idx on github.sync_attempts (repository_id, attempt_id);
create index sync_attempts_run_id_idx on github.sync_attempts (run_id, map_index);
create index sync_attempts_unfinished_idx
on github.sync_attempts (attempt_id)
where not is_final and status in ('running', 'waiting', 'error');
create index sync_attempts_changed_idx
on github.sync_attempts (finished_at)
where prs_synced > 0;

comment on table github.sync_attempts is
'One row per attempt at syncing one repository.';
comment on column github.sync_attempts.attempt_id is
'Our own number for the attempt; later ones are higher.';
comment on column github.sync_attempts.repository_id is
'The repository it tried to sync (tracked_repositories).';
comment on column github.sync_attempts.run_id is
'The Airflow run it belonged to.';
comment on column github.sync_attempts.map_index is
'The position of its task instance in that run.';
comment on column github.sync_attempts.try_number is
'Airflow''s number of the try, from 1; attempts that waited for GitHub''s rate limit share it.';
comment on column github.sync_attempts.mode is
'full (whole history) or incremental; NULL if it ended before that was known.';
comment on column github.sync_attempts.status is
'running, complete, waiting (for GitHub''s rate limit, without a slot), skipped, error, or killed.';
comment on column github.sync_attempts.is_final is
'Whether the repository failed with it for good in this run.';
comment on column github.sync_attempts.started_at is
'When it began (our clock).';
comment on column github.sync_attempts.finished_at is
'When it ended (our clock); NULL while running.';
comment on column github.sync_attempts.resumes_at is
'When the next attempt resumes (our clock), if this one waits for GitHub''s rate limit; NULL otherwise.';
comment on column github.sync_attempts.prs_synced is
'Pull requests it stored.';
comment on column github.sync_attempts.reviews_synced is
'Reviews it stored.';
comment on column github.sync_attempts.rows_stored is
'Rows it stored of the other tables that belong to pull requests, by table: {"pull_request_labels": 12}.';
comment on column github.sync_attempts.requests is
'Requests it sent to GitHub.';
comment on column github.sync_attempts.quota_remaining is
'What was left of the connection''s hourly quota after GitHub''s last answer.';
comment on column github.sync_attempts.error_class is
'The kind of error it ended with.';
comment on column github.sync_attempts.error_message is
'What went wrong and what to do; also why it was skipped or is waiting.';
comment on column github.sync_attempts.log_url is
'The URL of its log in Airflow.';
comment on column github.sync_attempts.reported_at is
'When its failure was reported to Sentry (our clock); NULL if it was not.';

create table github.sync_failures (
    repository_id bigint not null,
    number integer not null,
    github_pr_id bigint not null,
    github_node_id text not null,
    error text not null,
    first_failed_at timestamptz not null default now(),
    last_failed_at timestamptz not null default now(),
    tries integer not null default 1,
    constraint sync_failures_pkey primary key (repository_id, number),
    constraint sync_failures_repository_id_fkey
    foreign key (repository_id) references github.tracked_repositories (repository_id)
    on delete cascade,
    constraint sync_failures_tries_check check (tries > 0)
);

comment on table github.sync_failures is
'One row per pull request that GitHub could not serve or that could not be stored; removed when a later sync stores it.';
comment on column github.sync_failures.repository_id is
'The repository it belongs to (tracked_repositories).';
comment on column github.sync_failures.number is
'Its number within the repository.';
comment on column github.sync_failures.github_pr_id is
'GitHub''s number for the pull request across all repositories.';
comment on column github.sync_failures.github_node_id is
'GitHub''s global (GraphQL) id of the pull request, by which it is asked for again.';
comment on column github.sync_failures.error is
'Why the last try failed.';
comment on column github.sync_failures.first_failed_at is
'When it first failed (our clock).';
comment on column github.sync_failures.last_failed_at is
'When it last failed (our clock).';
comment on column github.sync_failures.tries is
'How often it failed.';
