-- What GitHub said of the repository beside a page, and how large a page it managed.
update github.tracked_repositories
set
    github_state = %(github_state)s,
    has_issues_enabled = %(has_issues_enabled)s,
    github_open_prs = %(open_prs)s,
    github_closed_prs = %(closed_prs)s,
    github_merged_prs = %(merged_prs)s,
    counted_at = %(counted_at)s,
    page_size = coalesce(%(page_size)s, page_size)
where repository_id = %(repository_id)s
