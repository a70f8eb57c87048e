"""GitHub's GraphQL errors, in GitHub's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError

SSO_MESSAGE = (
    "Resource protected by organization SAML enforcement. You must grant your Personal Access "
    "token access to this organization."
)

IP_MESSAGE = (
    "Although you appear to have the correct authorization credentials, the `{login}` organization "
    "has an IP allow list enabled, and your IP address is not permitted to access this resource."
)
BLOCKED_MESSAGE = "Repository access blocked"


class GitHubError(Exception):
    """An error that a resolver raises; GitHub adds a `type` beside GraphQL's own keys."""

    def __init__(
        self, message: str, kind: str | None = None, extensions: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.type = kind
        self.extensions = extensions


def formatted(error: GraphQLError) -> dict[str, Any]:
    """The error as GitHub writes it; an unexpected exception is raised again."""
    original = error.original_error
    if original is not None and not isinstance(original, GitHubError | GraphQLError):
        raise original
    entry: dict[str, Any] = {}
    if isinstance(original, GitHubError) and original.type:
        entry["type"] = original.type
    if error.path:
        entry["path"] = list(error.path)
    if isinstance(original, GitHubError) and original.extensions:
        entry["extensions"] = dict(original.extensions)
    if error.locations:
        entry["locations"] = [place.formatted for place in error.locations]
    return {**entry, "message": error.message}


def repository_not_found(full_name: str) -> GitHubError:
    """No such repository, or not for this token."""
    message = f"Could not resolve to a Repository with the name '{full_name}'."
    return GitHubError(message, "NOT_FOUND")


def pull_request_not_found(number: int) -> GitHubError:
    """No pull request of this number."""
    message = f"Could not resolve to a PullRequest with the number of {number}."
    return GitHubError(message, "NOT_FOUND")


def login_not_found(kind: str, login: str) -> GitHubError:
    """No such account."""
    article = "an" if kind == "Organization" else "a"
    message = f"Could not resolve to {article} {kind} with the login of '{login}'."
    return GitHubError(message, "NOT_FOUND")


def node_not_found(global_id: str) -> GitHubError:
    """No such node, or not for this token."""
    message = f"Could not resolve to a node with the global id of '{global_id}'."
    return GitHubError(message, "NOT_FOUND")


def sso_required() -> GitHubError:
    """The organization wants its single sign-on first."""
    return GitHubError(SSO_MESSAGE, "FORBIDDEN", {"saml_failure": True})


def ip_not_allowed(login: str) -> GitHubError:
    """The organization's IP allow list lacks the caller."""
    return GitHubError(IP_MESSAGE.format(login=login), "FORBIDDEN")


def not_accessible(secret: str) -> GitHubError:
    """The token's permissions lack it; GitHub calls apps integrations."""
    is_app = secret.startswith(("ghs_", "ghu_"))
    by = "integration" if is_app else "personal access token"
    return GitHubError(f"Resource not accessible by {by}", "FORBIDDEN")


SSO_REQUEST = "A1B2C3D4E5F6A1B2C3D4E5F6"
"""What a person's authorization would begin with: nothing for logs."""


def sso_headers(owner_url: str) -> dict[str, str]:
    """Where to authorize a token for single sign-on; GraphQL's answers have it too.

    https://github.com/cli/cli/pull/5054
    """
    host, _, login = owner_url.rpartition("/")
    url = f"{host}/orgs/{login}/sso?authorization_request={SSO_REQUEST}"
    return {"x-github-sso": f"required; url={url}"}


def access_blocked() -> GitHubError:
    """Taken down for legal reasons; REST's words, for GraphQL's are not known."""
    return GitHubError(BLOCKED_MESSAGE, "FORBIDDEN")


REFUSALS: dict[str, Callable[[str], GitHubError]] = {
    "sso": lambda _: sso_required(),
    "ip": ip_not_allowed,
}
"""The error for each of an owner's rules that may stand in a token's way."""


def missing_boundaries(connection: str) -> GitHubError:
    """Neither first nor last."""
    message = (
        f"You must provide a `first` or `last` value to properly paginate the `{connection}` "
        "connection."
    )
    return GitHubError(message, "MISSING_PAGINATION_BOUNDARIES")


def excessive_pagination(connection: str, argument: str, wanted: int) -> GitHubError:
    """More than a hundred at once."""
    message = (
        f"Requesting {wanted} records on the `{connection}` connection exceeds the `{argument}` "
        "limit of 100 records."
    )
    return GitHubError(message, "EXCESSIVE_PAGINATION")


def invalid_cursor(cursor: str) -> GitHubError:
    """Not a cursor of this connection."""
    message = f"`{cursor}` does not appear to be a valid cursor."
    return GitHubError(message, "INVALID_CURSOR_ARGUMENTS")


def failing_node(why: str | Mapping[str, Any]) -> GitHubError:
    """A node that GitHub could not produce; `why` is a message or a whole error."""
    error: Mapping[str, Any] = {"message": why} if isinstance(why, str) else why
    return GitHubError(error["message"], error.get("type", "INTERNAL"), error.get("extensions"))
