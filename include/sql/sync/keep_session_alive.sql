-- A machine that vanishes does not close its connection: within a minute Postgres notices by itself,
-- and frees the repository's lock. https://www.postgresql.org/docs/current/runtime-config-connection.html
select
    set_config('tcp_keepalives_idle', '30', false),
    set_config('tcp_keepalives_interval', '10', false),
    set_config('tcp_keepalives_count', '3', false)
