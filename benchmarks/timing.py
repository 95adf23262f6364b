"""Medians of jobs taken in turn: single timings on a busy machine mean nothing, ratios in one run do."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

__all__ = ["medians"]


def medians(jobs: Mapping[str, Callable[[], object]], rounds: int = 5, repeat: int = 1) -> dict[str, float]:
    """Return the median processor seconds of each job over rounds, the jobs taken in turn.

    Time of the processor, not of the clock: others on the machine then count for less. Each job is run once beforehand,
    so that nothing is compiled or loaded while it is timed.
    """
    for job in jobs.values():
        job()
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            begin = time.process_time()
            for _ in range(repeat):
                job()
            times[name].append((time.process_time() - begin) / repeat)
    return {name: statistics.median(found) for name, found in times.items()}
