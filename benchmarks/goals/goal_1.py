"""Goal 1: the pass over the ties against what gathering costs, and against SciPy's product of as many columns."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from benchmarks.goals.line import Line
from benchmarks.limits import gather
from benchmarks.timing import medians
from benchmarks.worlds import random_ties
from sim import compiled
from sim.model.sums import AHEAD, AHEAD_FROM

TITLE = "the pass over the ties"

SIZES = {2_000: (2.0, None), 100_000: (None, 3.0), 1_000_000: (1.5, 5.0)}
"""Greatest multiple of the limit, and least of SciPy's time, by residents; None where no goal is set."""


def measure(quick: bool) -> list[Line]:
    """Time the pass, the limit (the better of asking beforehand or not) and SciPy's product."""
    lines = []
    for residents, (of_limit, of_scipy) in {300: (None, None)}.items() if quick else SIZES.items():
        found, entries = _times(residents, 2 if quick else 5)
        each = {name: seconds / entries * 1e9 for name, seconds in found.items()}
        limit = min(each["gather"], each["gather, asked beforehand"])
        values = f"pass {each['pass']:.2f} ns an entry, limit {limit:.2f}, SciPy {each['SciPy']:.2f}"
        nothing = float("nan")
        lines += [
            Line("1", f"pass / limit, {residents:,} residents", values, each["pass"] / limit, of_limit or nothing),
            Line(
                "1", f"SciPy / pass, {residents:,} residents", values, each["SciPy"] / each["pass"],
                of_scipy or nothing, "at least",
            ),
        ]  # fmt: skip
    return lines


def _times(residents: int, rounds: int) -> tuple[dict[str, float], int]:
    """Return seconds of one pass, one gathering and one product, and the number of entries."""
    ties = random_ties(residents)
    size = compiled.NARROW
    room = np.modf(np.arange(residents * size + 8) * 0.7548776662)[0]
    rows = room[-room.ctypes.data % 64 // 8 :][: residents * size]
    lived, least, out = np.zeros(len(ties.strength)), np.ones(residents), np.zeros((compiled.NARROW_SUMS, residents))
    weights, ahead = np.ones(len(ties.kinds)), AHEAD if residents >= AHEAD_FROM else 0
    entries = ties.entries()
    first = np.concatenate([[0], np.cumsum(ties.length)])
    matrix = sparse.csr_array((ties.strength[entries], ties.neighbour[entries], first), shape=(residents, residents))
    dense = np.ascontiguousarray(rows.reshape(residents, size))
    entry = (ties.start, ties.length, ties.neighbour, ties.strength)

    def one_pass() -> None:
        compiled.pass_narrow(*entry, ties.kind, ties.supports, weights, weights, np.inf, rows, ahead, lived, least, out)

    found = medians(
        {
            "pass": one_pass,
            "gather": lambda: gather(*entry, rows, 0, out[0]),
            "gather, asked beforehand": lambda: gather(*entry, rows, AHEAD, out[0]),
            "SciPy": lambda: matrix @ dense,
        },
        rounds,
        max(1, 20_000 // residents),
    )
    return found, len(entries)
