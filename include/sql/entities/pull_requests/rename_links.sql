-- The links of what is not read again follow the repository's name, as GitHub's own links do.
update github.pull_requests
set html_url = regexp_replace(html_url, '/[^/]+/[^/]+/pull/', '/' || %(full_name)s || '/pull/')
where repository_id = %(repository_id)s
