select count(*) as rows
from github.pull_requests
where repository_id = %(repository_id)s and deleted_at is null
