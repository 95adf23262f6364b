"""The least that a pass over the ties can cost: to read the stream of entries and to gather one row an entry."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.compiled import memory

__all__ = ["gather"]

prefetch = memory.prefetch


@njit
def gather(start: Any, length: Any, neighbour: Any, strength: Any, rows: Any, ahead: int, out: Any) -> None:
    """Add up rows of eight doubles by strength, and nothing else; ``ahead`` as in the pass, 0 for not at all."""
    last = neighbour.size - 1
    for i in range(start.size):
        a = b = c = d = e = f = g = h = 0.0
        for n in range(start[i], start[i] + length[i]):
            if ahead:
                prefetch(rows, 8 * np.int64(neighbour[min(n + ahead, last)]))
            j, w = 8 * np.int64(neighbour[n]), strength[n]
            a += w * rows[j]
            b += w * rows[j + 1]
            c += w * rows[j + 2]
            d += w * rows[j + 3]
            e += w * rows[j + 4]
            f += w * rows[j + 5]
            g += w * rows[j + 6]
            h += w * rows[j + 7]
        out[i] = a + b + c + d + e + f + g + h
