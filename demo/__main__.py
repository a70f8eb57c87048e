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
from demo.github import real_github
from demo.home import FOLDER_VARIABLE, Home
from demo.problems import DemoError
from demo.psql import psql
from demo.rehearsal import Rehearsal
from demo.screen import Screen
from demo.tour import Tour

INTERRUPTED, TERMINATED = 130, 143

ENVIRONMENT = f"""\
environment variables:
  GITHUB_TOKEN      read the real GitHub with this token, instead of sample data
  REPOSITORIES      with GITHUB_TOKEN: which repositories, owner/name,owner/name
  GITHUB_API_URL    with GITHUB_TOKEN: another GitHub's API, as https://HOST/api/v3
  PORT              of the UI of `up`; 8080, or another when that is taken
  {FOLDER_VARIABLE}  another folder than .local in the checkout
"""


def main() -> int:
    """Run one command; its exit code."""
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
        screen.print("[note]Interrupted.[/] Everything that was started is stopped.")
        return INTERRUPTED


def _demo(screen: Screen, options: argparse.Namespace) -> int:
    real = real_github(os.environ)
    home = Home.of("demo")
    with home.lock():
        tour = Tour(screen, home, real)
        tour.take()
    if options.svg:
        screen.save_svg(options.svg, "make demo")
    return 1 if tour.unexpected else 0


def _rehearse(screen: Screen, options: argparse.Namespace) -> int:
    home = Home.of("rehearsal")
    with home.lock():
        rehearsal = Rehearsal(screen, home, options.until, options.tamper)
        rehearsal.hold()
    if options.svg:
        screen.save_svg(options.svg, "make rehearse")
    return 0 if rehearsal.is_good else 1


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
        description="GitHub Sync for Airflow, on this machine: without a command, the tour.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="save the tour as a picture, too")
    parser.set_defaults(command=_demo)
    commands = parser.add_subparsers(title="commands", metavar="")
    commands.add_parser("up", help="start an Airflow with its UI").set_defaults(command=_up)
    commands.add_parser("down", help="stop it").set_defaults(command=_down)
    rehearse = commands.add_parser("rehearse", help="live through a day of trouble")
    rehearse.add_argument("--svg", type=Path, metavar="FILE", help="save it as a picture, too")
    rehearse.add_argument(
        "--until", default="24:00", metavar="HH:MM", help="end the day at this hour"
    )
    rehearse.add_argument(
        "--tamper",
        default="",
        metavar="SQL",
        help="run this behind the sync's back after each trouble: the rehearsal must notice",
    )
    rehearse.set_defaults(command=_rehearse)
    sql = commands.add_parser("psql", help="open the tables that the tour left behind")
    sql.add_argument("--up", action="store_true", help="those of the Airflow with the UI")
    sql.add_argument("arguments", nargs="*", help="for psql, behind --: -- -c 'select 1'")
    sql.set_defaults(command=_psql)
    return parser


def _terminate(*_: object) -> NoReturn:
    sys.exit(TERMINATED)


if __name__ == "__main__":
    sys.exit(main())
