"""Goal 5: the large job, 1,000,000 residents with 10,000,000 ties, on one core: the weeks, and memory.

The network here is drawn by chance; what it takes to make a town of that size is measured with synthesis.
"""

from __future__ import annotations

import resource
import sys
import time

from benchmarks.goals.line import Line
from benchmarks.worlds import busy_week

TITLE = "a million residents"
WEEKS = 52
MEASURED = 8
"""Weeks that are played; 52 take 52 / 8 as long, see goal 6."""


def measure(quick: bool) -> list[Line]:
    """Play some weeks of a scenario with three interventions, and look at the most memory that was held."""
    residents, ties = (1_000, 10_000) if quick else (1_000_000, 10_000_000)
    simulation, week = busy_week(residents, ties, warm=3)
    begin = time.process_time()
    for _ in range(MEASURED):
        week()
    seconds = (time.process_time() - begin) / MEASURED * WEEKS
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
    values = f"{seconds / WEEKS:.2f} s a week over {MEASURED} weeks; {simulation.community.ties.count:,} ties"
    nothing = float("nan")
    what = f"{residents:,} residents"
    return [
        Line("5", f"{WEEKS} weeks of a scenario, {what}", values, seconds, nothing if quick else 45.0, unit="s"),
        Line("5", f"memory, {what}", "most that was held", held, nothing if quick else 6.0, unit="GB"),
    ]
