"""The command line: see ``python -m demo --help``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from rich.markup import escape

from demo import local_airflow
from demo.errors import DemoError
from demo.github import real_github
from demo.home import FOLDER_VARIABLE, Home
from demo.psql import psql
from demo.rehearsal import Rehearsal
from demo.screen import Screen
from demo.tour import Tour

INTERRUPTED, TERMINATED = 130, 143

ENVIRONMENT = f"""\
environment variables:
  GITHUB_TOKEN      read the real GitHub with this token instead of sample data
  REPOSITORIES      with GITHUB_TOKEN: the repositories, owner/name,owner/name
  GITHUB_API_URL    with GITHUB_TOKEN: the API of GitHub Enterprise Server, https://HOST/api/v3
  PORT              the port of `up`; by default 8080, or a free one if 8080 is in use
  {FOLDER_VARIABLE}  the folder to use instead of .local in the checkout
"""


def main() -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    screen = Screen()
    try:
        return int(options.command(screen, options) or 0)
    except DemoError as error:
        remedy = f"\n  {escape(error.remedy)}" if error.remedy else ""
        screen.print(f"[bad]✗[/] {escape(error.message)}{remedy}")
        return error.exit_code
    except KeyboardInterrupt:
        screen.print("[note]Interrupted.[/] All processes are stopped.")
        return INTERRUPTED


def _demo(screen: Screen, options: argparse.Namespace) -> int:
    real = real_github(os.environ)
    home = Home.of("demo")
    with home.lock():
        tour = Tour(screen, home, real)
        tour.run()
    if options.svg:
        screen.save_svg(options.svg, "make demo")
    return 1 if tour.unexpected else 0


def _rehearse(screen: Screen, options: argparse.Namespace) -> int:
    home = Home.of("rehearsal")
    with home.lock():
        rehearsal = Rehearsal(screen, home, options.until, options.tamper)
        rehearsal.run()
    if options.svg:
        screen.save_svg(options.svg, "make rehearse")
    return 0 if rehearsal.passed else 1


def _up(screen: Screen, _: argparse.Namespace) -> None:
    home = Home.of("up")
    with home.lock():
        local_airflow.up(screen, home)


def _down(screen: Screen, _: argparse.Namespace) -> None:
    home = Home.of("up")
    with home.lock():
        local_airflow.down(screen, home)


def _psql(_: Screen, options: argparse.Namespace) -> int:
    return psql(Home.of("up" if options.up else "demo"), options.arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo",
        description="Runs GitHub Sync for Airflow on this machine. Without a command: the tour.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also save the report as SVG")
    parser.set_defaults(command=_demo)
    commands = parser.add_subparsers(title="commands", metavar="")
    commands.add_parser("up", help="start an Airflow with its UI").set_defaults(command=_up)
    commands.add_parser("down", help="stop it").set_defaults(command=_down)
    rehearse = commands.add_parser(
        "rehearse", help="inject faults and compare the tables with GitHub"
    )
    rehearse.add_argument("--svg", type=Path, metavar="FILE", help="also save the report as SVG")
    rehearse.add_argument(
        "--until", default="24:00", metavar="HH:MM", help="the last scenario to run"
    )
    rehearse.add_argument(
        "--tamper",
        default="",
        metavar="SQL",
        help="run this before each comparison: the rehearsal must report it",
    )
    rehearse.set_defaults(command=_rehearse)
    sql = commands.add_parser("psql", help="open the demo's tables")
    sql.add_argument("--up", action="store_true", help="those of the Airflow with the UI")
    sql.add_argument("arguments", nargs="*", help="for psql, after --: -- -c 'select 1'")
    sql.set_defaults(command=_psql)
    return parser


def _terminate(*_: object) -> NoReturn:
    sys.exit(TERMINATED)


if __name__ == "__main__":
    sys.exit(main())
