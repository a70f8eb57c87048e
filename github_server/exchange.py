"""One request and its answer, apart from any web framework."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode
from graphql.language import DocumentNode, parse
from graphql.utilities import get_operation_ast

GRAPHQL_PATH = "/api/graphql"
REST_PREFIX = "/api/v3"


@dataclass
class ReceivedRequest:
    """A request as it arrived."""

    method: str
    path: str
    base_url: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_graphql(self) -> bool:
        """Whether it is for GraphQL rather than REST."""
        return self.path == GRAPHQL_PATH

    @property
    def credential(self) -> str:
        """The secret in the Authorization header, whatever the scheme is called."""
        return self.headers.get("authorization", "").partition(" ")[2].strip()

    @cached_property
    def payload(self) -> dict[str, Any] | None:
        """The JSON object in the body, if that is what it is."""
        try:
            payload = json.loads(self.body)
        except ValueError:
            return None
        return payload if isinstance(payload, dict) else None

    @property
    def query(self) -> object:
        """The GraphQL document's text, if there is one."""
        return (self.payload or {}).get("query")

    @cached_property
    def variables(self) -> dict[str, Any]:
        """The GraphQL variables."""
        variables = (self.payload or {}).get("variables")
        return variables if isinstance(variables, dict) else {}

    @cached_property
    def operation(self) -> str | None:
        """The name of the GraphQL operation, sent along or read from the document."""
        if not self.is_graphql:
            return None
        sent = (self.payload or {}).get("operationName")
        return sent if isinstance(sent, str) else operation_name(self.query)


@dataclass
class Answer:
    """What to send back, and how the connection ends.

    :param repeated_headers: sent beside those in headers, even if they have the same name
    :param drip_seconds: the pause before each byte of the body
    :param is_endless: after the body come spaces, forever
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    truncate: bool = False
    repeated_headers: Sequence[tuple[str, str]] = ()
    drip_seconds: float = 0
    is_endless: bool = False

    @classmethod
    def of_json(
        cls, payload: object, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A JSON answer; ASCII only, so that even lone surrogates survive the wire."""
        content_type = {"content-type": "application/json; charset=utf-8"}
        body = json.dumps(payload, separators=(",", ":")).encode("ascii")
        return cls(status, body, {**content_type, **(headers or {})})

    @classmethod
    def of_message(
        cls,
        status: int,
        message: str,
        documentation_url: str = "https://docs.github.com/rest",
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> Answer:
        """An error as GitHub's REST API puts it."""
        payload = {"message": message, "documentation_url": documentation_url}
        return cls.of_json({**payload, **more, "status": str(status)}, status, headers)


_PARSED: dict[str, DocumentNode] = {}


def parsed(query: str) -> DocumentNode:
    """The document, parsed once per text; raises GraphQLError."""
    if query not in _PARSED:
        _PARSED[query] = parse(query)
    return _PARSED[query]


def operation_name(query: object) -> str | None:
    """The name of a document's only operation."""
    try:
        operation = get_operation_ast(parsed(query)) if isinstance(query, str) else None
    except GraphQLError:
        return None
    return _name_of(operation)


def _name_of(operation: OperationDefinitionNode | None) -> str | None:
    return operation.name.value if operation and operation.name else None
