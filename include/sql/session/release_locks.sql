-- A pooler gave the backend that holds our locks to others. Once idle it is ended, which releases the locks and
-- disturbs no client. No row: it holds none.
select
    case
        when backend.pid = pg_catalog.pg_backend_pid()
            then (select true from pg_catalog.pg_advisory_unlock_all())
        when backend.state = 'idle'
            then pg_catalog.pg_terminate_backend(backend.pid)
        else false
    end as is_released
from pg_catalog.pg_stat_activity as backend
where
    backend.pid = %(backend_pid)s
    and exists (
        select 1
        from pg_catalog.pg_locks as held
        where held.pid = backend.pid and held.locktype = 'advisory'
    )
