"""What to change about each kind of credentials, beyond what GitHub's message says."""

from __future__ import annotations

from github_sync.tracking.credentials import APP_USER, FINE_GRAINED, INSTALLATION, Credentials

APP_PERMISSION = (
    'Give the App the repository permission "Pull requests: read-only", and accept the change '
    "where it is installed."
)
# https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens
NO_ACCESS_HINTS = {
    FINE_GRAINED: 'The token needs the repository permission "Pull requests: read-only".',
    INSTALLATION: APP_PERMISSION,
    APP_USER: APP_PERMISSION,
}
NOT_FOUND_HINTS = {
    FINE_GRAINED: "A fine-grained token reads the private repositories of one owner: check its "
    "resource owner, its selected repositories, and that the organization approved it.",
    INSTALLATION: "Install the App on the repository's owner, and select the repository there.",
    APP_USER: "Install the App on the repository's owner, and select the repository there.",
}


def hint(github_state: str | None, credentials: Credentials) -> str:
    """What these credentials may lack for a repository, or an empty text.

    :param github_state: what the refusal says of the repository (``SyncError.github_state``)
    """
    if github_state == "not_found" and credentials.lacks_repo:
        scopes = ", ".join(credentials.scopes or []) or "none"
        return (
            f"Its scopes are: {scopes}. Without repo it has no access to private repositories: add "
            "repo."
        )
    hints = {"no_access": NO_ACCESS_HINTS, "not_found": NOT_FOUND_HINTS}.get(github_state or "", {})
    return hints.get(credentials.kind, "")


def advice(credentials: Credentials, sso_required_by: list[str]) -> list[str]:
    """What to do about the credentials themselves.

    :param sso_required_by: the owners that require single sign-on
    """
    candidates = (_renew(credentials), _permit(credentials), _wait(credentials))
    found = [text for text in candidates if text]
    if sso_required_by:
        where = f" at {credentials.sso_url}" if credentials.sso_url else ""
        found.append(f"Authorize it for the single sign-on of {', '.join(sso_required_by)}{where}.")
    return found


def _renew(credentials: Credentials) -> str:
    if not credentials.expires_soon:
        return ""
    return "It expires soon: create a new one and enter it in the Airflow connection."


def _permit(credentials: Credentials) -> str:
    permissions = credentials.permissions
    if permissions is None or "pull_requests" in permissions:
        return ""
    return APP_PERMISSION


def _wait(credentials: Credentials) -> str:
    quota = credentials.quota
    if not quota or quota["remaining"]:
        return ""
    return f"Its rate limit is exceeded: nothing can be read before {quota['resets_at']}."
