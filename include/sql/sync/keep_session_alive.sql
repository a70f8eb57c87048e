-- A machine that disappears does not close its connection. With these settings Postgres notices within a
-- minute and releases the repository's lock. https://www.postgresql.org/docs/current/runtime-config-connection.html
select
    set_config('tcp_keepalives_idle', '30', false),
    set_config('tcp_keepalives_interval', '10', false),
    set_config('tcp_keepalives_count', '3', false)
