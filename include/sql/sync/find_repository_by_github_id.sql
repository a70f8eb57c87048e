select full_name
from github.tracked_repositories
where github_repo_id = %(github_repo_id)s and repository_id != %(repository_id)s
