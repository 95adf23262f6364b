"""Goal 7: two workers against one, and memory that does not grow with the number of seeds."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.commands import PLACE, peak_memory
from benchmarks.goals.line import Line

TITLE = "two workers, and memory"

RUN = """
import sys, time
import sim
from sim import ensemble
study = sim.load(sys.argv[1], {"weeks": int(sys.argv[4]), "seeds": int(sys.argv[3])})
ensemble.run(study.plan, sys.argv[2], workers=int(sys.argv[5]))
"""


def measure(quick: bool) -> list[Line]:
    """Time the playing of 100 seeds by one and by two workers in turn; look at memory at 20 and 200 seeds."""
    with tempfile.TemporaryDirectory() as name:
        return [_speed(Path(name), quick), *_memory(Path(name), quick)]


def _speed(place: Path, quick: bool) -> Line:
    import sim
    from sim import ensemble

    seeds, weeks, rounds = (4, 20, 1) if quick else (100, 104, 5)
    study = sim.load(PLACE / "scenarios" / "seaside_town", {"weeks": weeks, "seeds": seeds})
    ensemble.run(study.changed(seeds=2).plan, place / "warm", workers=1)
    times: dict[int, list[float]] = {1: [], 2: []}
    for number in range(rounds):
        for workers, found in times.items():
            found.append(ensemble.run(study.plan, place / f"{number}-{workers}", workers=workers).seconds)
    one, two = (statistics.median(times[workers]) for workers in (1, 2))
    said = f"one {one:.1f} s, two {two:.1f} s, start of processes and tables included"
    return Line("7", f"one worker / two, {seeds} seeds of five scenarios", said, one / two, 1.9, "at least")


def _memory(place: Path, quick: bool) -> list[Line]:
    """Compare peaks of small units, of the process that hands out and of the largest worker."""
    few, many, weeks = (4, 8, 20) if quick else (20, 200, 26)
    peaks = {
        seeds: peak_memory(RUN, PLACE / "scenarios" / "seaside_town", place / f"m{seeds}", str(seeds), str(weeks), "2")
        for seeds in (few, many)
    }
    lines = []
    for number, who in enumerate(("parent", "largest worker")):
        small, large = (peaks[seeds][number] / 1e6 for seeds in (few, many))
        what = f"peak memory of the {who}, {many} seeds / {few}"
        lines.append(Line("7", what, f"{small:.0f} MB, {large:.0f} MB", large / small, 1.1))
    return lines
