"""Medians of jobs taken in turn: single timings on a busy machine mean nothing, ratios in one run do."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

__all__ = ["medians"]


def medians(jobs: Mapping[str, Callable[[], object]], rounds: int = 5, repeat: int = 1) -> dict[str, float]:
    """Return the median seconds of each job over rounds, the jobs taken in turn.

    Each job is run once beforehand, so that nothing is compiled or loaded while it is timed.
    """
    for job in jobs.values():
        job()
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            begin = time.perf_counter()
            for _ in range(repeat):
                job()
            times[name].append((time.perf_counter() - begin) / repeat)
    return {name: statistics.median(found) for name, found in times.items()}
