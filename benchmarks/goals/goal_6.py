"""Goal 6: cost in proportion to ties and weeks, and bytes for each entry and resident."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from benchmarks.goals.line import Line
from benchmarks.timing import medians
from benchmarks.worlds import busy_week
from sim.community.ties import Ties
from sim.model.engine import Simulation

TITLE = "cost in proportion"


def measure(quick: bool) -> list[Line]:
    """Fit the exponent of the cost of a week in the number of ties, and count bytes."""
    sizes = (300, 600) if quick else (10_000, 100_000, 1_000_000)
    ties, seconds = [], []
    for residents in sizes:
        simulation, week = busy_week(residents, 6 * residents, by_chance=True, warm=3)
        ties.append(simulation.community.ties.count)
        seconds.append(medians({"week": week}, 2 if quick else 5, max(1, 10_000 // residents))["week"])
    exponent = float(np.polyfit(np.log(ties), np.log(seconds), 1)[0])
    measured = "; ".join(
        f"{count:,} ties {time * 1e3:,.2f} ms a week" for count, time in zip(ties, seconds, strict=True)
    )
    entry, resident = _bytes(simulation)
    nothing = float("nan")
    return [
        Line("6", "exponent of the cost in the number of ties", measured, exponent, nothing if quick else 1.05),
        Line("6", "bytes an entry", "columns of ties, with room to grow", entry, 80.0, unit="bytes"),
        Line("6", "bytes a resident", "rows, counts, what is gathered, sums", resident, 200.0, unit="bytes"),
    ]


def _bytes(simulation: Simulation) -> tuple[float, float]:
    """Return bytes for each entry and each resident that the network and its sums take."""
    ties = simulation.community.ties
    arrays: list[np.ndarray] = [
        value for item in dataclasses.fields(Ties) if isinstance(value := getattr(ties, item.name), np.ndarray)
    ]
    pool = len(ties.strength)
    by_entry = sum(array.nbytes for array in arrays if array.shape == (pool,)) + _of(simulation, pool)
    by_resident = sum(array.nbytes for array in arrays if array.shape != (pool,)) + _of(simulation, None)
    return by_entry / int(ties.length.sum()), by_resident / ties.residents


def _of(simulation: Simulation, pool: int | None) -> int:
    """Return bytes of the pass's own arrays: those of entries, or all others."""
    held: list[Any] = [simulation._pass.lived, simulation._pass.least, *simulation._pass._rows, *simulation._pass._out]
    return sum(array.nbytes for array in held if (array.shape == (pool,)) == (pool is not None))
