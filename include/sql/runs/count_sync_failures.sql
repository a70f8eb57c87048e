select count(*) as failures
from github.sync_failures
where repository_id = any(%(repositories)s::bigint[])
