-- Ordered by key, so that two repositories synced at once cannot deadlock on the people they share.
insert into github.users (github_user_id, login, type)
select
    account.github_user_id,
    account.login,
    account.type
from jsonb_to_recordset(%(rows)s::jsonb) as account (github_user_id bigint, login text, type text)
order by account.github_user_id
on conflict on constraint users_pkey do update
    set
        login = excluded.login,
        type = excluded.type
    where (users.login, users.type) is distinct from (excluded.login, excluded.type)
