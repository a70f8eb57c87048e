"""``make torture``: thousands of random histories.

    python -m tests.torture --examples 10000 --workers 2 --seed 1

They are tried in batches, each in a process, a world and a database of its own, from a seed that is
A failure is repeated with ``--examples 250 --seed`` and its seed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.torture.tally import Tally
from tests.torture.test_any_history import EXAMPLES_VARIABLE, SEED_VARIABLE, TALLY_VARIABLE

BATCH = 250
"""Histories from one seed."""

CONSOLE = Console(width=100)
IS_LIVE = sys.stdout.isatty()


@dataclass(frozen=True)
class Batch:
    """The result of one batch; ``output`` is empty unless it failed."""

    seed: int
    tally: dict[str, int]
    output: str


def main() -> int:
    """Try as many as asked for; 1 if any failed."""
    options = _options()
    began = time.monotonic()
    seeds = range(options.seed, options.seed + -(-options.examples // BATCH))
    batches = list(_tried(seeds, options))
    tally = sum((Tally(batch.tally) for batch in batches), Tally())
    failed = sorted((batch for batch in batches if batch.output), key=lambda batch: batch.seed)
    for batch in failed:
        CONSOLE.print(batch.output, markup=False, highlight=False)
    _report(tally, time.monotonic() - began, [batch.seed for batch in failed])
    return 1 if failed else 0


def _tried(seeds: range, options: argparse.Namespace) -> Iterator[Batch]:
    size = min(BATCH, options.examples)
    with ThreadPoolExecutor(options.workers) as pool:
        futures = [pool.submit(_try, seed, size) for seed in seeds]
        about = f"{options.examples:,} histories"
        done = track(as_completed(futures), about, len(seeds), console=CONSOLE, disable=not IS_LIVE)
        for count, future in enumerate(done, 1):
            if not IS_LIVE:
                CONSOLE.print(f"{count} of {len(seeds)} batches tried")
            yield future.result()


def _try(seed: int, size: int) -> Batch:
    with tempfile.TemporaryDirectory() as folder:
        tally = Path(folder) / "tally.json"
        variables = {
            SEED_VARIABLE: str(seed),
            EXAMPLES_VARIABLE: str(size),
            TALLY_VARIABLE: str(tally),
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--show-capture=no",
            str(Path(__file__).parent),
        ]
        done = subprocess.run(
            command, env=os.environ | variables, capture_output=True, text=True, check=False
        )
        counted = json.loads(tally.read_text(encoding="utf-8")) if tally.exists() else {}
    return Batch(seed, counted, done.stdout + done.stderr if done.returncode else "")


def _report(tally: Tally, seconds: float, failed: list[int]) -> None:
    table = Table("what", "how often", title=f"{seconds / 60:.0f} minutes", title_justify="left")
    for name in sorted(tally):
        table.add_row(name, f"{tally[name]:,}")
    CONSOLE.print(table)
    if failed:
        CONSOLE.print(f"[red]✗[/] Seeds that ended with a mismatch or a wrong status: {failed}")
    else:
        CONSOLE.print(
            "[green]✓[/] Every history ended with tables that match GitHub and a correct status."
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
