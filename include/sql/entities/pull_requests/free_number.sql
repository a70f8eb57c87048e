-- GitHub shows that this number belongs to another pull request: a row that claims it was changed by hand. Its own
-- number is read again, or it does not exist.
update github.pull_requests
set
    number = (
        select least(min(its.number), 0) - 1
        from github.pull_requests as its
        where its.repository_id = %(repository_id)s
    ),
    suspected_deleted_at = now()
where
    repository_id = %(repository_id)s
    and number = %(number)s
    and github_pr_id != %(github_pr_id)s
