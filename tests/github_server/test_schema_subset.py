"""The schema here says nothing that GitHub's does not say.

GitHub's is in the npm package @octokit/graphql-schema, installed in the repository's root; the
environment variable GITHUB_SCHEMA may name another schema.graphql.
"""

from __future__ import annotations

from graphql import GraphQLEnumType, GraphQLField, GraphQLSchema, validate_schema

from github_server.graphql_api import schema


def test_the_subset_is_a_valid_schema() -> None:
    assert validate_schema(schema()) == []


def test_every_type_and_field_is_githubs(published_schema: GraphQLSchema) -> None:
    differences = []
    for name, ours in schema().type_map.items():
        theirs = published_schema.type_map.get(name)
        if type(theirs) is not type(ours):
            differences.append(name)
        elif isinstance(ours, GraphQLEnumType):
            differences += [name] if set(ours.values) - set(theirs.values) else []
        elif not name.startswith("__"):
            for field_name, field in getattr(ours, "fields", {}).items():
                if _signature(field) != _signature(theirs.fields.get(field_name)):
                    differences.append(f"{name}.{field_name}")
    assert differences == []


def _signature(field: GraphQLField | None) -> tuple[str, dict[str, str]]:
    arguments = getattr(field, "args", {})
    return str(getattr(field, "type", None)), {
        name: f"{argument.type} = {argument.default_value}" for name, argument in arguments.items()
    }
