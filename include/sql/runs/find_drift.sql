select
    full_name,
    github_open_prs,
    stored_open_prs,
    github_closed_prs,
    stored_closed_prs,
    github_merged_prs,
    stored_merged_prs
from github.repository_drift
where repository_id = any(%(repositories)s::bigint[])
order by full_name collate "C"
