select
    to_regclass('github.schema_version') is not null as is_there,
    to_regclass('github.repository_overview') is not null as is_current
