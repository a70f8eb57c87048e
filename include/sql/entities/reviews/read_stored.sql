-- What is stored, where GitHub now refuses a value of it.
select to_jsonb(pull_request_reviews) as stored
from github.pull_request_reviews
where github_pr_id = any(%(pull_requests)s::bigint[])
