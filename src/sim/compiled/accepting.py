"""Ties that come about: which of those who have found each other accept."""

from __future__ import annotations

from sim.compiled.caching import kernel
from sim.compiled.draws import drawn


@kernel
def _in_order(size, values, order, other):
    """Fill ``order`` with the places of the values in ascending order, the first of equal ones first; by merging."""
    for t in range(size):
        order[t] = t
    width = 1
    while width < size:
        for low in range(0, size, 2 * width):
            middle, high = min(low + width, size), min(low + 2 * width, size)
            left, right = low, middle
            for t in range(low, high):
                if left < middle and (right >= high or values[order[left]] <= values[order[right]]):
                    other[t] = order[left]
                    left += 1
                else:
                    other[t] = order[right]
                    right += 1
        for t in range(size):
            order[t] = other[t]
        width *= 2


@kernel
def accept_pairs(
    found, keys, identity, slots, taken, disclosed, stigma, refusal, strengths, first, pairs, luck, orders, one, other,
    kind, place, strength,
):  # fmt: skip
    """Let pairs who have found each other accept, the luckier first, while both have a free slot of the kind.

    The rows of ``found`` are the smaller and the greater of the two, the kind and the place of each pair; ``one`` has
    room for as many. ``keys`` are those of acceptance and of strength. Who has disclosed is turned down with a chance
    of ``refusal`` x the other's ``stigma``. Those who accept fill ``one``, ``other``, ``kind`` and ``place``, ordered
    by luck; ``taken`` goes up with each, and ``strength`` is filled with one of ``strengths[first[kind] :
    first[kind + 1]]``. Return how many they are. ``pairs``, ``luck`` and ``orders`` are space for two rows each.
    """
    size, low, high, lot, draw, order = one.size, pairs[0], pairs[1], luck[0], luck[1], orders[0]
    for t in range(size):
        i, j = identity[found[0, t]], identity[found[1, t]]
        low[t], high[t] = min(i, j), max(i, j)
    for t in range(size):
        lot[t] = drawn(keys[0], low[t], high[t])
        draw[t] = drawn(keys[1], low[t], high[t])
    _in_order(size, lot, order, orders[1])
    accepted = 0
    for s in range(size):
        t = order[s]
        i, j, k = found[0, t], found[1, t], found[2, t]
        welcome = 1.0 - refusal * (stigma[j] if disclosed[i] else 0.0)
        welcome *= 1.0 - refusal * (stigma[i] if disclosed[j] else 0.0)
        if lot[t] < welcome and slots[i, k] > taken[i, k] and slots[j, k] > taken[j, k]:
            taken[i, k] += 1
            taken[j, k] += 1
            one[accepted], other[accepted], kind[accepted], place[accepted] = i, j, k, found[3, t]
            strength[accepted] = strengths[first[k] + int(draw[t] * (first[k + 1] - first[k]))]
            accepted += 1
    return accepted
