"""Goal 3: a tie visited, against other tools on the same network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.goals.line import Line
from benchmarks.timing import medians
from benchmarks.worlds import random_ties
from sim import compiled
from sim.model.sums import AHEAD, AHEAD_FROM

TITLE = "against other tools"

ALLOWED = {
    "mesa": ("agents looping in Mesa", 200.0),
    "networkx": ("loops over networkx", float("nan")),
    "ndlib_threshold": ("NDlib, threshold", 50.0),
    "ndlib_hegselmann_krause": ("NDlib, Hegselmann-Krause", 50.0),
    "starsim_sir": ("Starsim, SIR step", 5.0),
    "cynetdiff_cascade": ("cynetdiff, independent cascade", 2.0),
    "cynetdiff_threshold": ("cynetdiff, linear thresholds", 10.0),
    "eon_sir": ("EoN, fast_SIR", 100.0),
}
"""What is compared, and how many times as fast a pass must be; "far ahead" of EoN is read as a hundred times."""

SIZES = (1_000, 10_000, 100_000)
LARGEST = 1_000_000
AT_THE_LARGEST = ("mesa", "cynetdiff_cascade", "cynetdiff_threshold")
"""Measured at the largest size too: the others need gigabytes or hours there."""

_ROOT = Path(__file__).parents[2]
_FULL_ROUNDS = 5
_SLOW = 100_000
"""Residents from which tools in Python are timed in the fewest rounds that have a median."""


def measure(quick: bool) -> list[Line]:
    """Time the pass with its sixteen sums and every tool that is installed, size by size."""
    lines = []
    sizes = (200,) if quick else (*SIZES, LARGEST)
    for residents in sizes:
        ours = _pass(residents, 2 if quick else _FULL_ROUNDS)
        for name, (title, allowed) in ALLOWED.items():
            if residents == LARGEST and name not in AT_THE_LARGEST:
                continue
            what = f"{title} / pass, {residents:,} residents"
            found = _in_a_process(name, residents, 2 if quick else _FULL_ROUNDS)
            if "missing" in found:
                lines.append(Line("3", what, skipped=found["missing"]))
                continue
            theirs = found["seconds"] / max(found["visits"], 1.0) * 1e9
            values = f"{theirs:,.1f} ns a tie visited; pass {ours:.2f}"
            lines.append(Line("3", what, values, theirs / ours, float("nan") if quick else allowed, "at least"))
    return lines


def _in_a_process(name: str, residents: int, rounds: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers", name, str(residents), str(rounds)],
        cwd=_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it failed"])[-1]
        return {"missing": f"it failed: {last[:80]}"}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return {"missing": f"{found['missing']} is not installed"} if "missing" in found else found


def _pass(residents: int, rounds: int) -> float:
    """Return nanoseconds an entry of one pass over the same network."""
    ties = random_ties(residents)
    rows = np.modf(np.arange(residents * compiled.NARROW) * 0.7548776662)[0]
    lived, least, out = np.zeros(len(ties.strength)), np.ones(residents), np.zeros((compiled.NARROW_SUMS, residents))
    weights, ahead = np.ones(len(ties.kinds)), AHEAD if residents >= AHEAD_FROM else 0
    found = medians({"pass": lambda: compiled.pass_narrow(
        ties.start, ties.length, ties.neighbour, ties.strength, ties.kind, ties.supports, weights, weights, np.inf,
        rows, ahead, lived, least, out,
    )}, rounds, max(1, 100_000 // residents))  # fmt: skip
    return found["pass"] / int(ties.length.sum()) * 1e9
