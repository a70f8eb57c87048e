"""What analysts may rely on in every table: comments, names, types and indexes."""

from __future__ import annotations

from typing import Any

from tests.fixtures.postgres import Database

COLUMNS = """
select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type,
    col_description(c.oid, a.attnum) as comment
from pg_class as c
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'github'::regnamespace and c.relkind in ('r', 'v', 'm', 'p')
order by c.relname, a.attnum
"""
CONSTRAINTS = """
select t.relname as "table", c.conname as name, c.contype::text as type,
    (
        select array_agg(a.attname::text order by k.position)
        from unnest(c.conkey) with ordinality as k (attnum, position)
        join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.attnum
    ) as columns
from pg_constraint as c
join pg_class as t on t.oid = c.conrelid
where c.connamespace = 'github'::regnamespace and t.relname != 'schema_version'
"""
INDEXES = """
select t.relname as "table", i.relname as name, x.indpred is not null as is_partial,
    (
        select array_agg(a.attname::text order by k.position)
        from unnest(x.indkey::int2[]) with ordinality as k (attnum, position)
        join pg_attribute as a on a.attrelid = x.indrelid and a.attnum = k.attnum
    ) as columns
from pg_index as x
join pg_class as i on i.oid = x.indexrelid
join pg_class as t on t.oid = x.indrelid
where t.relnamespace = 'github'::regnamespace and t.relname != 'schema_version'
"""
ENDINGS = {"p": "pkey", "f": "fkey", "u": "key", "c": "check", "n": "not_null", "x": "excl"}


def test_every_table_says_what_one_row_is(database: Database) -> None:
    tables = database.rows(
        "select relname as name, obj_description(oid, 'pg_class') as comment from pg_class "
        "where relnamespace = 'github'::regnamespace and relkind in ('r', 'v', 'm', 'p')"
    )
    assert len(tables) >= 7
    for table in tables:
        comment = table["comment"] or ""
        assert comment.startswith("One row"), f"github.{table['name']}: comment on table ... is ..."
        assert comment.endswith("."), f"the comment on github.{table['name']} is no sentence"


def test_every_column_has_a_comment(database: Database) -> None:
    columns = database.rows(COLUMNS)
    assert len(columns) > 70
    silent = [f"{one['table']}.{one['column']}" for one in columns if not one["comment"]]
    assert silent == [], "add to the migration: comment on column github.<table>.<column> is '...';"
    unended = [_name(one) for one in columns if not one["comment"].endswith(".")]
    assert unended == [], "a comment is a sentence"


WITHOUT_NUMBER = ("github_node_id", "github_label_id", "github_conn_id")
"""GraphQL gives labels no number."""


def test_columns_are_named_for_what_they_hold(database: Database) -> None:
    columns = [one for one in database.rows(COLUMNS) if one["table"] != "schema_version"]
    for one in columns:
        name, type_ = one["column"], one["type"]
        assert not type_.startswith("character"), f"{_name(one)}: text, not {type_}"
        assert type_ != "timestamp without time zone", f"{_name(one)}: timestamptz"
        is_moment = type_ == "timestamp with time zone"
        says_moment = name.endswith("_at") or name == "scan_since"
        assert is_moment == says_moment, f"{_name(one)}: moments are called <event>_at"
        assert (type_ == "boolean") == name.startswith(("is_", "has_")), _name(one)
        if name.endswith("_id") and name not in WITHOUT_NUMBER:
            expected = "text" if name.endswith("run_id") else "bigint"
            assert type_ == expected, f"{_name(one)}: GitHub's numbers outgrew integer"


def test_constraints_are_named_as_postgres_would(database: Database) -> None:
    constraints = database.rows(CONSTRAINTS)
    assert {one["type"] for one in constraints} >= {"p", "f", "u", "c"}
    for one in constraints:
        columns = [] if one["type"] == "p" else one["columns"]
        expected = "_".join([one["table"], *columns, ENDINGS[one["type"]]])
        assert one["name"] == expected


def test_indexes_are_named_for_table_and_columns(database: Database) -> None:
    indexes = database.rows(INDEXES)
    assert len(indexes) > 10
    for one in indexes:
        assert one["name"].startswith(one["table"] + "_")
        assert one["name"].endswith(("_pkey", "_key", "_idx")), one["name"]


def test_every_foreign_key_has_an_index(database: Database) -> None:
    keys = [one for one in database.rows(CONSTRAINTS) if one["type"] == "f"]
    assert len(keys) >= 6
    indexed = {
        (one["table"], tuple(one["columns"][:length]))
        for one in database.rows(INDEXES)
        if one["columns"] and not one["is_partial"]
        for length in range(1, len(one["columns"]) + 1)
    }
    bare = [one["name"] for one in keys if (one["table"], tuple(one["columns"])) not in indexed]
    assert bare == [], "deleting a parent, or joining from it, would read the whole table"


def test_full_names_are_unique_whatever_their_case(database: Database) -> None:
    database.rows("insert into github.tracked_repositories (full_name) values ('Acme/API')")
    again = database.rows(
        "insert into github.tracked_repositories (full_name) values ('acme/api') "
        "on conflict do nothing returning 1"
    )
    assert again == []


def test_identities_are_beyond_32_bits(database: Database) -> None:
    """GitHub's ids passed 2,147,483,647 in 2024."""
    database.rows(
        "insert into github.users (github_user_id, login, type) values (%(id)s, 'a', 'User')",
        id=2**40,
    )
    assert database.one("select github_user_id from github.users")["github_user_id"] == 2**40


def _name(column: dict[str, Any]) -> str:
    return f"{column['table']}.{column['column']}"
