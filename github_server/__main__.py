"""Serve a world from the command line: python -m github_server --port 8080 --sample"""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from github_server.random_faults import RandomFaults
from github_server.sample_data import sample_world
from github_server.server import GitHubServer
from github_server.world import SAMPLE_TOKEN, World


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    options = _parser().parse_args(arguments)
    stopped = threading.Event()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    world = sample_world() if options.sample else World()
    if options.random_faults is not None:
        world.faults.add_source(RandomFaults(options.random_faults))
    with GitHubServer(world, port=options.port, host=options.host) as server:
        sys.stdout.write(_announcement(server, is_sample=options.sample))
        sys.stdout.flush()
        stopped.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m github_server", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 inside a container")
    parser.add_argument("--sample", action="store_true", help="serve sample data")
    parser.add_argument(
        "--random-faults", type=int, metavar="SEED", help="one request in five fails, at random"
    )
    return parser


def _announcement(server: GitHubServer, is_sample: bool) -> str:
    names = sorted(repository.full_name for repository in server.world.repositories.values())
    content = "sample data: nothing here is real" if is_sample else "an empty world"
    lines = [
        f"A local imitation of GitHub's API with {content}.",
        f"  URL    {server.url}",
        f"  token  {SAMPLE_TOKEN}",
        *(f"  {name}" for name in names),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
