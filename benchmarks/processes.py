"""Runs one sync in its own process and measures what it uses."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.approaches import Approach, Job

SPAWN = multiprocessing.get_context("spawn")
KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True)
class Usage:
    """What one sync used, without the import of its libraries.

    :param peak_mib: the largest memory of its process
    :param idle_mib: its memory before the sync
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    idle_mib: float


def sync_in_process(approach: Approach, job: Job) -> Usage:
    """Run the job in a new process."""
    with SPAWN.Pool(processes=1) as pool:
        return pool.apply(measured, (approach, job))


def measured(approach: Approach, job: Job) -> Usage:
    """Run the job in this process."""
    module = approach.load()
    idle = psutil.Process().memory_info().rss / MIB
    cpu, started = time.process_time(), time.perf_counter()
    module.sync(job)
    return Usage(
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - cpu,
        peak_mib=_peak_mib(),
        idle_mib=idle,
    )


def _peak_mib() -> float:
    """On Linux from /proc, because getrusage includes the parent's memory there.

    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / KIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (MIB if sys.platform == "darwin" else KIB)
