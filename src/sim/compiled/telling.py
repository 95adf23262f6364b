"""Word of mouth: from whom somebody hears first."""

from __future__ import annotations

import math

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform


@kernel
def first_tellers(key, who, identity, start, length, neighbour, strength, talk, out):
    """Fill ``out`` with the neighbour from whom each of ``who`` hears first, -1 where nobody talks.

    Each pair has a draw of its own, and telling takes -log(1 - draw) / hazard, so a neighbour is first with a chance
    in proportion to her hazard, strength x talk.
    """
    for t in range(who.size):
        i = who[t]
        first, soonest = -1, np.inf
        for e in range(start[i], start[i] + length[i]):
            j = neighbour[e]
            hazard = strength[e] * talk[j]
            if hazard > 0.0:
                low, high = min(identity[i], identity[j]), max(identity[i], identity[j])
                wait = -math.log1p(-uniform(key, low, high)) / hazard
                if wait < soonest:
                    first, soonest = j, wait
        out[t] = first
