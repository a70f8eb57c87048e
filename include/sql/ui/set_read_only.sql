-- The UI only reads, and gives up before its users do.
select
    set_config('transaction_read_only', 'on', true) as transaction_read_only,
    set_config('statement_timeout', '10s', true) as statement_timeout
