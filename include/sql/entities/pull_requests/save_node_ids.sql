-- The node ids that GitHub shows now: it has changed their format.
update github.pull_requests
set github_node_id = given.github_node_id
from
    unnest(%(keys)s::bigint[], %(node_ids)s::text[])
        as given (key, github_node_id)
where pull_requests.github_pr_id = given.key
