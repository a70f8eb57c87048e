select max(updated_at) as updated_at from plain.pull_requests
