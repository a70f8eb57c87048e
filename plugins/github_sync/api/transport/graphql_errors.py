"""Reads the ``errors`` of GraphQL answers, whatever their form, and recognizes refused queries.

GitHub's validation errors are those of graphql-ruby: a code in ``extensions``, and a ``path`` that
begins with the operation or a fragment.

https://spec.graphql.org/October2021/#sec-Errors
https://github.com/rmosolgo/graphql-ruby/tree/master/lib/graphql/static_validation
"""

from __future__ import annotations

import re
from typing import Any

VALIDATION_KINDS = frozenset(
    {
        "anonymousfragment",
        "argumentlimit",
        "argumentliteralsincompatible",
        "argumentnotaccepted",
        "argumentnotunique",
        "baduserinput",
        "cannotspreadfragment",
        "defaultvalueinvalidonnonnullvariable",
        "defaultvalueinvalidtype",
        "directivecannotbeapplied",
        "directivenotuniqueforlocation",
        "excessivepagination",
        "fieldconflict",
        "fragmentnotunique",
        "fragmentoncompositetype",
        "fragmentonnoncompositetype",
        "graphqlparsefailed",
        "graphqlvalidationfailed",
        "infiniteloop",
        "inputfieldnotunique",
        "invalidoneofinputobject",
        "missingmutationconfiguration",
        "missingpaginationboundaries",
        "missingqueryconfiguration",
        "missingrequiredarguments",
        "missingrequiredinputobjectattribute",
        "notsinglesubscription",
        "operationresolutionfailure",
        "parseerror",
        "querycontainsschemadefinitions",
        "selectionmismatch",
        "undefineddirective",
        "undefinedfield",
        "undefinedtype",
        "uniquelynamedoperations",
        "useanddefinefragment",
        "variablemismatch",
        "variablenotdefined",
        "variablenotunique",
        "variablenotused",
        "variablerequiresvalidtype",
    }
)
"""Types and codes of errors in what was asked, as :func:`kind` writes them."""

VALIDATION_TIMEOUT = "validationtimeout"
"""The code of a validation that took GitHub too long: it says nothing about the query."""

VALIDATION_MESSAGE = re.compile(
    r"Field '.+' (doesn't exist on type|doesn't accept argument|is missing required arguments)"
    r"|Parse error on |Syntax Error|Expected .+, actual: |Unexpected end of document"
    r"|Cannot query field |Unknown (argument|type|fragment|directive) |No such type "
    r"|Variable [\"']?\$\w+|Argument '.+' on .+ has an invalid value"
    r"|(Type|List dimension|Nullability) mismatch on "
)
"""How the messages of validation errors begin, for servers that send no code."""

DOCUMENT_PLACE = re.compile(r"(query|mutation|subscription|fragment)\b")


def errors_of(body: object) -> list[dict[str, Any]]:
    """The answer's errors, each a mapping with ``message`` (text), ``type`` (text, if it has one),
    ``path`` (a list, if it has one) and ``extensions`` (a mapping, if it has one).

    :param body: the decoded JSON. A body like REST's errors, with only a message, is an error too
    """
    if not isinstance(body, dict):
        return []
    errors = body.get("errors")
    if not errors:
        is_error = body.get("message") and not body.get("data")
        return [_error(body["message"])] if is_error else []
    return [_error(each) for each in (errors if isinstance(errors, list) else [errors])]


def kind(error: dict[str, Any]) -> str:
    """Its type, or else its code, in lower case without underscores; empty if it has neither."""
    extensions = error.get("extensions") or {}
    return re.sub(r"[^a-z]", "", str(error.get("type") or extensions.get("code") or "").lower())


def is_validation_error(error: dict[str, Any]) -> bool:
    """Whether GitHub does not accept what was asked, so that asking again cannot help."""
    extensions = error.get("extensions") or {}
    codes = {kind(error), kind({"type": extensions.get("code")})}
    if VALIDATION_TIMEOUT in codes:
        return False
    place = str((error.get("path") or [""])[0])
    return bool(
        codes & VALIDATION_KINDS
        or DOCUMENT_PLACE.match(place)
        or ("problems" in extensions and "value" in extensions)  # of a variable's value
        or VALIDATION_MESSAGE.match(str(error.get("message") or ""))
    )


def _error(raw: object) -> dict[str, Any]:
    if not isinstance(raw, dict):
        return {"message": "" if raw is None else str(raw)}
    error = {name: value for name, value in raw.items() if value is not None}
    error["message"] = str(error.get("message", ""))
    for name, form in (("path", list), ("extensions", dict)):
        if not isinstance(error.get(name), form):
            error.pop(name, None)
    if "type" in error:
        error["type"] = str(error["type"])
    return error
