select to_regclass('github.schema_version') is not null as is_there
