"""One sync in a process of its own, and what it used."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.ways import Job, Way

SPAWN = multiprocessing.get_context("spawn")
KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True)
class Usage:
    """What one sync used, its libraries being imported already.

    :param peak_mib: the most memory that its process ever held
    :param idle_mib: what it held before the sync began
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    idle_mib: float


def sync_in_process(way: Way, job: Job) -> Usage:
    """Let a new process do the job."""
    with SPAWN.Pool(processes=1) as pool:
        return pool.apply(measured, (way, job))


def measured(way: Way, job: Job) -> Usage:
    """Do the job in this process."""
    module = way.load()
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
    """Linux's own note where there is one: getrusage there includes the parent's memory.

    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / KIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (MIB if sys.platform == "darwin" else KIB)
