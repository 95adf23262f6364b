"""Goal 4: the everyday job, from the command to the report; and what the first run after installation pays."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.commands import PLACE, sim
from benchmarks.goals.line import Line

TITLE = "the everyday job, from the command to the report"

STUDY = PLACE / "scenarios" / "seaside_town"


def measure(quick: bool) -> list[Line]:
    """Time the command once it has compiled, and the first run with nothing compiled beside the next one."""
    with tempfile.TemporaryDirectory() as name:
        return [_everyday(Path(name), quick), *_first_run(Path(name), quick)]


def _everyday(place: Path, quick: bool) -> Line:
    seeds, rounds = (2, 1) if quick else (100, 5)
    weeks = ["--weeks", "20"] if quick else []
    sim("run", STUDY, "--seeds", "2", "--workers", "2", "--out", place / "warm", *weeks)
    times = [
        sim("run", STUDY, "--seeds", str(seeds), "--workers", "2", "--fresh", "--out", place / "out", *weeks)[0]
        for _ in range(rounds)
    ]
    said = f"{min(times):.1f} to {max(times):.1f} s over {rounds} rounds"
    what = f"five scenarios x {seeds} seeds, {20 if quick else 104} weeks, 2,000 residents, 2 workers"
    return Line("4", what, said, statistics.median(times), float("nan") if quick else 15.0, unit="s")


def _first_run(place: Path, quick: bool) -> list[Line]:
    """Compare runs of two seeds with an empty folder of compiled code, and with what the first has kept in it."""
    extra, said = [], ""
    for number in range(1 if quick else 3):
        more = {"NUMBA_CACHE_DIR": str(place / f"compiled-{number}")}
        command = ("run", STUDY, "--seeds", "2", "--weeks", "20", "--workers", "2", "--fresh", "--out", place / "first")
        cold, told = sim(*command, more=more)
        warm, told_again = sim(*command, more=more)
        extra.append(cold - warm)
        said = f"first {cold:.1f} s, second {warm:.1f} s"
        if "it compiles" not in told or "it compiles" in told_again:
            return [Line("4", "first run says that it compiles, and keeps it", skipped="it does not say so")]
    what = "first run after installation: compiling, said and kept"
    return [Line("4", what, said, statistics.median(extra), 15.0, unit="s")]
