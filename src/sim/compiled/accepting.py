"""Ties that come about: which of those who have found each other accept."""

from __future__ import annotations

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.draws import drawn


@kernel
def _in_order(values, order, other):
    """Fill ``order`` with the places of the values in ascending order, the first of equal ones first; by merging."""
    for t in range(values.size):
        order[t] = t
    width = 1
    while width < values.size:
        for low in range(0, values.size, 2 * width):
            middle, high = min(low + width, values.size), min(low + 2 * width, values.size)
            left, right = low, middle
            for t in range(low, high):
                if left < middle and (right >= high or values[order[left]] <= values[order[right]]):
                    other[t] = order[left]
                    left += 1
                else:
                    other[t] = order[right]
                    right += 1
        for t in range(values.size):
            order[t] = other[t]
        width *= 2


@kernel
def accept_pairs(
    keys, identity, ones, others, kinds, places, slots, taken, disclosed, stigma, refusal, strengths, first
):  # fmt: skip
    """Let pairs who have found each other accept, the luckier first, while both have a free slot of the kind.

    ``keys`` are those of acceptance and of strength. Who has disclosed is turned down with a chance of ``refusal`` x
    the other's ``stigma``. ``taken`` goes up with each tie.

    Return how many accept, and as arrays with room for all, ordered by luck: the two, the kind, the place, and the
    strength, one of ``strengths[first[kind] : first[kind + 1]]``. Allocates these, and two numbers a pair.
    """
    size = ones.size
    low, high, lot = np.empty(size, np.uint64), np.empty(size, np.uint64), np.empty(size)
    draw, order, strength = np.empty(size), np.empty(size, np.int64), np.empty(size)
    one, other = np.empty(size, np.int32), np.empty(size, np.int32)
    kind, place = np.empty(size, np.int8), np.empty(size, np.int16)
    for t in range(size):
        i, j = identity[ones[t]], identity[others[t]]
        low[t], high[t] = min(i, j), max(i, j)
    for t in range(size):
        lot[t] = drawn(keys[0], low[t], high[t])
    for t in range(size):
        draw[t] = drawn(keys[1], low[t], high[t])
    _in_order(lot, order, np.empty(size, np.int64))
    accepted = 0
    for t in order:
        i, j, k = ones[t], others[t], kinds[t]
        welcome = 1.0 - refusal * (stigma[j] if disclosed[i] else 0.0)
        welcome *= 1.0 - refusal * (stigma[i] if disclosed[j] else 0.0)
        if lot[t] < welcome and slots[i, k] > taken[i, k] and slots[j, k] > taken[j, k]:
            taken[i, k] += 1
            taken[j, k] += 1
            one[accepted], other[accepted], kind[accepted], place[accepted] = i, j, k, places[t]
            strength[accepted] = strengths[first[k] + int(draw[t] * (first[k + 1] - first[k]))]
            accepted += 1
    return accepted, one, other, kind, place, strength
