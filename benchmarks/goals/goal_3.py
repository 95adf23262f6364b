"""Goal 3: a tie visited, against other tools on the same network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.goals.line import Line
from benchmarks.ours import MECHANISMS
from benchmarks.timing import medians

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
"""What is compared, and how many times as fast ours must be; "far ahead" of EoN is read as a hundred times."""

SIZES = (1_000, 10_000, 100_000)
LARGEST = 1_000_000
AT_THE_LARGEST = ("mesa", "cynetdiff_cascade", "cynetdiff_threshold")
"""Measured at the largest size too: the others need gigabytes or hours there."""

_ROOT = Path(__file__).parents[2]
_FULL_ROUNDS = 5
_SLOW = 100_000
"""Residents from which tools in Python are timed in the fewest rounds that have a median."""


def measure(quick: bool) -> list[Line]:
    """Time every tool that is installed, and the same mechanism of ours right before it, size by size."""
    lines = []
    sizes = (200,) if quick else (*SIZES, LARGEST)
    for residents in sizes:
        for name, (title, allowed) in ALLOWED.items():
            if residents == LARGEST and name not in AT_THE_LARGEST:
                continue
            what = f"{title}, {residents:,} residents"
            ours = _ours(name, residents, 2 if quick else _FULL_ROUNDS)
            found = _in_a_process(name, residents, 2 if quick else _FULL_ROUNDS)
            if "missing" in found:
                lines.append(Line("3", what, skipped=found["missing"]))
                continue
            theirs = found["seconds"] / max(found["visits"], 1.0) * 1e9
            values = f"{theirs:,.1f} ns a tie visited; ours {ours:.2f}"
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


def _ours(name: str, residents: int, rounds: int) -> float:
    """Return nanoseconds an entry of the same mechanism in this package, over the same network."""
    job, entries = MECHANISMS[name](residents)
    return medians({"ours": job}, rounds, max(1, 100_000 // residents))["ours"] / entries * 1e9
