-- The links of what is not read again follow the repository's name, as GitHub's own links do.
update github.pull_request_reviews as review
set html_url = regexp_replace(review.html_url, '/[^/]+/[^/]+/pull/', '/' || %(full_name)s || '/pull/')
from github.pull_requests as pull_request
where
    review.github_pr_id = pull_request.github_pr_id
    and pull_request.repository_id = %(repository_id)s
