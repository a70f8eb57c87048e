-- What is stored, where GitHub now refuses a value of it.
select to_jsonb(pull_requests) as stored
from github.pull_requests
where github_pr_id = any(%(pull_requests)s::bigint[])
