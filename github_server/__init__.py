"""A local GitHub API server: GraphQL and REST over an in-memory world.

See README.md in this folder; in short:

    world = World()
    world.repository("acme/api").pull_request("feat: cursors", author=world.user("alice"))
    with GitHubServer(world) as server:
        ...  # Github(base_url=server.url, auth=Auth.Token("sample-token"))
"""

from github_server.actors import Actor
from github_server.clock import Clock
from github_server.faults import ALWAYS, Fault, FaultSource
from github_server.labels import Label
from github_server.pull_requests import PullRequest, Review
from github_server.random_faults import RandomFaults
from github_server.repositories import Issue, Repository
from github_server.request_log import LoggedRequest
from github_server.server import GitHubServer
from github_server.tokens import RateLimit, Token
from github_server.world import SAMPLE_TOKEN, World

__all__ = [
    "ALWAYS",
    "SAMPLE_TOKEN",
    "Actor",
    "Clock",
    "Fault",
    "FaultSource",
    "GitHubServer",
    "Issue",
    "Label",
    "LoggedRequest",
    "PullRequest",
    "RandomFaults",
    "RateLimit",
    "Repository",
    "Review",
    "Token",
    "World",
]
