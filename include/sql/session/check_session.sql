-- Whether this transaction runs in the session that was configured.
select
    pg_catalog.pg_backend_pid() as backend_pid,
    pg_catalog.current_setting('github_sync.session', true) as session
