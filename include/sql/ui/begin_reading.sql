-- A page only looks, and gives up before its reader does.
select
    set_config('transaction_read_only', 'on', true) as transaction_read_only,
    set_config('statement_timeout', '10s', true) as statement_timeout
