-- The complete labels of these pull requests. One that they no longer carry is removed.
with given as materialized (
    select *
    from
        jsonb_to_recordset(%(rows)s::jsonb)
            as (
                github_pr_id bigint, github_label_id text, name text, color text, description text
            )
),

removed as (
    delete from github.pull_request_labels as label
    where
        label.github_pr_id = any(%(pull_requests)s::bigint[])
        and not exists (
            select 1
            from given
            where
                given.github_pr_id = label.github_pr_id
                and given.github_label_id = label.github_label_id
        )
)

insert into github.pull_request_labels (github_pr_id, github_label_id, name, color, description)
select
    label.github_pr_id,
    label.github_label_id,
    label.name,
    label.color,
    label.description
from given as label
on conflict on constraint pull_request_labels_pkey do update
    set
        name = excluded.name,
        color = excluded.color,
        description = excluded.description
    where
    (pull_request_labels.name, pull_request_labels.color, pull_request_labels.description)
    is distinct from (excluded.name, excluded.color, excluded.description)
