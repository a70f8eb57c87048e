-- What is in the schema github, and whether it has Alembic's table of ours; from the catalog, which each role may read.
select
    exists(
        select 1
        from pg_catalog.pg_attribute as attribute
        inner join pg_catalog.pg_class as relation on attribute.attrelid = relation.oid
        inner join pg_catalog.pg_namespace as namespace on relation.relnamespace = namespace.oid
        where
            namespace.nspname = 'github'
            and relation.relname = 'schema_version'
            and attribute.attname = 'version_num'
    ) as has_version,
    array(
        select relation.relname::text
        from pg_catalog.pg_class as relation
        inner join pg_catalog.pg_namespace as namespace on relation.relnamespace = namespace.oid
        where
            namespace.nspname = 'github'
            -- Tables, also partitioned and foreign ones, and views.
            and relation.relkind in ('r', 'p', 'f', 'v', 'm')
        order by relation.relname
    ) as relations
