"""GraphQL over the world: the schema, wired to its resolvers, and one function to ask it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
    validate,
)

from github_server.clock import iso_format_or_none
from github_server.errors import formatted
from github_server.exchange import Answer, ReceivedRequest, parsed
from github_server.faults import NGINX_PAGE
from github_server.pull_request_resolvers import RESOLVERS as PULL_REQUEST_RESOLVERS
from github_server.resolvers import RESOLVERS as QUERY_RESOLVERS
from github_server.resolving import Context, Info

RESOLVERS = QUERY_RESOLVERS | PULL_REQUEST_RESOLVERS
SCHEMA_PATH = Path(__file__).with_name("schema.graphql")
MISSING_QUERY = "A query attribute must be specified and must be a string."


@cache
def schema() -> GraphQLSchema:
    """The schema, each field with its resolver."""
    built = build_schema(SCHEMA_PATH.read_text(encoding="utf-8"))
    for type_name, graphql_type in built.type_map.items():
        if isinstance(graphql_type, GraphQLInterfaceType):
            graphql_type.resolve_type = lambda value, *_: value.typename
        elif isinstance(graphql_type, GraphQLObjectType) and not type_name.startswith("__"):
            for field_name, field in graphql_type.fields.items():
                is_time = get_named_type(field.type).name == "DateTime"
                read = time_attribute(field_name) if is_time else attribute(field_name)
                field.resolve = RESOLVERS.get((type_name, field_name), read)
    return built


def attribute(field_name: str) -> Callable[[Any, Info], Any]:
    """A resolver that reads the field's attribute, or its key where the source is a dict."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", field_name).lower()

    def resolve(source: Any, _: Info) -> Any:
        return source[field_name] if type(source) is dict else getattr(source, name)

    return resolve


def time_attribute(field_name: str) -> Callable[[Any, Info], str | None]:
    """The same for times, which GitHub writes as text."""
    read = attribute(field_name)
    return lambda source, info: iso_format_or_none(read(source, info))


@lru_cache(maxsize=256)
def checked(query: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """The document, parsed and validated once per text, or what is wrong with it."""
    try:
        document = parsed(query)
    except GraphQLError as error:
        return None, (error,)
    wrong = validate(schema(), document)
    return (None if wrong else document), tuple(wrong)


def answer_graphql(request: ReceivedRequest, context: Context) -> Answer:
    """Answer a GraphQL request: 200 even when there are errors, as GitHub does."""
    if request.payload is None:
        return Answer.of_message(400, "Problems parsing JSON", "https://docs.github.com/graphql")
    if not isinstance(request.query, str):
        return Answer.of_json({"errors": [{"message": MISSING_QUERY}]})
    document, wrong = checked(request.query)
    if document is None:
        return Answer.of_json({"errors": [formatted(error) for error in wrong]})
    result = execute_sync(
        schema(),
        document,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.payload.get("operationName"),
    )
    if context.is_too_much:
        html = {"content-type": "text/html; charset=utf-8"}
        return Answer(502, NGINX_PAGE.format(title="502 Bad Gateway").encode(), html)
    return Answer.of_json(_payload(result), headers=context.headers)


def _payload(result: ExecutionResult) -> dict[str, Any]:
    """Data and errors; only errors if the variables were such that nothing was executed."""
    errors = [formatted(error) for error in result.errors or ()]
    executed = result.data is not None or any("path" in error for error in errors)
    data = {"data": result.data} if executed else {}
    return {**data, "errors": errors} if errors else data
