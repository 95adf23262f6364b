"""The least that a pass over the ties can cost: to read the stream of entries and to gather one row an entry."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.compiled.lanes import add_row, lane, more_weights, nothing
from sim.compiled.memory import prefetch

__all__ = ["gather"]


@njit
def gather(start: Any, length: Any, neighbour: Any, strength: Any, rows: Any, ahead: int, out: Any) -> None:
    """Add up rows of eight doubles by strength, side by side, and nothing else; ``ahead`` as in the pass."""
    width, later, last = np.uint64(8), np.uint64(ahead), np.uint64(neighbour.size - 1)
    for i in range(np.uint64(start.size)):
        sums, first = nothing(), np.uint64(start[i])
        for e in range(first, first + np.uint64(length[i])):
            if later:
                prefetch(rows, width * np.uint64(neighbour[min(e + later, last)]))
            sums = add_row(sums, more_weights(strength[e]), rows, width * np.uint64(neighbour[e]))
        out[i] = lane(sums, 0) + lane(sums, 1) + lane(sums, 2) + lane(sums, 3)
