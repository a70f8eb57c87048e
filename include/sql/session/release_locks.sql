-- A pooler gave the backend with our locks to others. An idle one is ended, which releases its locks and disturbs
-- no client.
select
    pg_catalog.pg_advisory_unlock_all(),
    (
        select pg_catalog.bool_and(pg_catalog.pg_terminate_backend(backend.pid))
        from pg_catalog.pg_stat_activity as backend
        where
            backend.pid = %(backend_pid)s
            and backend.pid != pg_catalog.pg_backend_pid()
            and backend.state = 'idle'
            and exists (
                select 1
                from pg_catalog.pg_locks as held
                where held.pid = backend.pid and held.locktype = 'advisory'
            )
    ) as is_ended
