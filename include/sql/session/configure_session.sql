-- What the statements and the driver rely on, whatever the database, the role, PG* variables or the Airflow
-- connection set. Only what differs is set: a superuser alone may set some, and older servers lack some. Limits
-- (statement_timeout, lock_timeout, default_transaction_read_only, ...) stay as an operator set them.
-- https://www.postgresql.org/docs/current/runtime-config-client.html
-- The functions are qualified, as an extension's may come first in search_path.
with configured as materialized (
    select pg_catalog.set_config(wanted.name, wanted.setting, false) as setting
    from (
        values
        -- psycopg reads no other format of dates and intervals.
        ('client_encoding', 'UTF8'),
        ('DateStyle', 'ISO, MDY'),
        ('IntervalStyle', 'postgres'),
        ('TimeZone', 'UTC'),
        ('extra_float_digits', '1'),
        ('bytea_output', 'hex'),
        -- What a statement means.
        ('transform_null_equals', 'off'),
        ('array_nulls', 'on'),
        -- A repository's row is read again after another session changed it.
        ('default_transaction_isolation', 'read committed'),
        -- A refused row ends its savepoint, not the session.
        ('exit_on_error', 'off'),
        -- Row-level security is an error that names the table, not a table with fewer rows.
        ('row_security', 'off'),
        ('restrict_nonsystem_relation_kind', ''),
        -- Foreign keys hold.
        ('session_replication_role', 'origin'),
        -- A sync holds its lock while it waits for GitHub.
        ('idle_session_timeout', '0'),
        (
            'search_path',
            pg_catalog.concat(
                'pg_catalog',
                pg_catalog.regexp_replace(pg_catalog.current_setting('search_path'), '^(?=.)', ', ')
            )
        )
    ) as wanted (name, setting)
    where pg_catalog.current_setting(wanted.name, true) != wanted.setting
)

select
    pg_catalog.pg_backend_pid() as backend_pid,
    pg_catalog.current_setting('server_encoding') as encoding,
    pg_catalog.current_database() as database,
    -- Still there if a pooler gave an earlier session's backend to this one without a reset.
    coalesce(
        nullif(pg_catalog.current_setting('github_sync.session', true), ''),
        pg_catalog.set_config('github_sync.session', %(session)s, false)
    ) as session,
    -- A query that nothing reads does not run.
    (select pg_catalog.count(*) from configured) as changed
