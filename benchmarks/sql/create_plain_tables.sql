-- The tables of both REST approaches, without this package's bookkeeping.
create schema plain;

create table plain.pull_requests (
    github_pr_id bigint primary key,
    number integer not null,
    title text not null,
    body text,
    state text not null,
    is_draft boolean,
    author text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    closed_at timestamptz,
    merged_at timestamptz,
    additions integer,
    deletions integer,
    changed_files integer
);

create table plain.pull_request_reviews (
    github_review_id bigint primary key,
    github_pr_id bigint not null references plain.pull_requests,
    reviewer text,
    state text not null,
    submitted_at timestamptz,
    body text
);

create index pull_request_reviews_github_pr_id_idx on plain.pull_request_reviews (github_pr_id);
