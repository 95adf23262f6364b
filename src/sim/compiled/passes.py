"""The pass over the ties: weighted sums over neighbours.

What is asked of a neighbour stands in one row of a flat array, so that one tie costs one or two cache lines. A row has
:data:`NARROW` numbers where that is enough, else :data:`WIDE`; the layouts are fixed, and eight numbers of a row are
weighted and added up side by side (:mod:`sim.compiled.lanes`). Places are unsigned: else each of them would be looked
at for being negative, which costs a quarter of the time (``docs/performance.md``).

Both kernels take the same arguments. ``start`` to ``supports`` are the rows of ties. ``influence_weight`` and
``support_weight`` are weights by kind of tie. ``rows[width * j : width * (j + 1)]`` is what is gathered of resident j:
first her engagement, then that times how much she welcomes those who have disclosed, both negative where she has
disclosed herself, then her attitude. A tie is lived by the product of what both sides bring: their engagement, times
their welcome where the other has disclosed. ``lived`` is filled with that, equal to the bit in both directions, and
``least`` with the least of each resident's ties, 1 where none is less. ``out[s, i]`` are the sums. Where ``ahead`` is
not 0, what is needed that many ties later is asked for beforehand. Neighbours are summed in ascending order.
"""

from __future__ import annotations

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.lanes import add_row, lane, more_weights, narrow_weights, nothing, wide_weights
from sim.compiled.memory import prefetch

NARROW = 8
"""Numbers in a narrow row: engagement, with welcome, attitude, 1 summed by influence, 3 by strength, 1 counted."""

NARROW_SUMS = 10
"""Sums of a narrow pass: strength, influence, support; attitude and the column of the row's place 3 by influence; 3 by
strength; 1 counted; pull."""

WIDE = 16
"""Numbers in a wide row: engagement, with welcome, attitude, what is passed on, 3 summed by influence, 1 by support, 6
by strength, 2 counted."""

WIDE_SUMS = 18
"""Sums of a wide pass: strength, influence, support; attitude by influence; 3 by influence; 1 by support; 6 by
strength; 2 counted; pull and confidants."""


@kernel
def pass_narrow(
    start, length, neighbour, strength, kind, supports, influence_weight, support_weight, bound, rows, ahead, lived,
    least, out,
):  # fmt: skip
    """Take sums over ties of rows of :data:`NARROW` numbers; everybody pulls: ``bound`` is not looked at.

    ``pull`` is the influence-weighted sum of differences of attitude: that of attitudes less one's own times that of
    ones.
    """
    one, two, ahead_by, last = np.uint64(1), np.uint64(2), np.uint64(ahead), np.uint64(neighbour.size - 1)
    width = np.uint64(NARROW)
    o0, o1, o2, o3, o4, o5, o6, o7, o8, o9 = (
        out[0], out[1], out[2], out[3], out[4], out[5], out[6], out[7], out[8], out[9]
    )  # fmt: skip
    for i in range(np.uint64(start.size)):
        by_strength = by_influence = support = 0.0
        sums, own = nothing(), width * i
        asked = one if rows[own] < 0.0 else np.uint64(0)  # of those who have disclosed it is asked to be welcome
        engaged, welcoming, fewest = abs(rows[own]), abs(rows[own + one]), 1.0
        first = np.uint64(start[i])
        for e in range(first, first + np.uint64(length[i])):
            if ahead_by:
                prefetch(rows, width * np.uint64(neighbour[min(e + ahead_by, last)]))
            j, w, code = width * np.uint64(neighbour[e]), strength[e], np.uint64(kind[e])
            k = w * influence_weight[code]
            brought = rows[j + asked]
            f = abs(brought) * (welcoming if brought < 0.0 else engaged)
            lived[e] = f
            fewest = f if f < fewest else fewest
            support += w * support_weight[code] * f if supports[e] else 0.0
            by_strength += w
            by_influence += k
            sums = add_row(sums, narrow_weights(k, w), rows, j)
        least[i] = fewest
        attitude = lane(sums, 2)
        o0[i], o1[i], o2[i], o3[i], o4[i] = by_strength, by_influence, support, attitude, lane(sums, 3)
        o5[i], o6[i], o7[i], o8[i] = lane(sums, 4), lane(sums, 5), lane(sums, 6), lane(sums, 7)
        o9[i] = attitude - by_influence * rows[own + two]


@kernel
def pass_wide(
    start, length, neighbour, strength, kind, supports, influence_weight, support_weight, bound, rows, ahead, lived,
    least, out,
):  # fmt: skip
    """Take sums over ties of rows of :data:`WIDE` numbers.

    ``pull`` is the influence-weighted sum of differences of what is passed on to neighbours whose attitude is within
    ``bound``, and ``confidants`` the influence weight of those neighbours.
    """
    one, two, three, eight = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(8)
    width, ahead_by, last = np.uint64(WIDE), np.uint64(ahead), np.uint64(neighbour.size - 1)
    for i in range(np.uint64(start.size)):
        by_strength = by_influence = support = confidants = 0.0
        sums, more, own = nothing(), nothing(), width * i
        asked = one if rows[own] < 0.0 else np.uint64(0)
        engaged, welcoming, fewest = abs(rows[own]), abs(rows[own + one]), 1.0
        own_attitude = rows[own + two]
        first = np.uint64(start[i])
        for e in range(first, first + np.uint64(length[i])):
            if ahead_by:
                later = width * np.uint64(neighbour[min(e + ahead_by, last)])
                prefetch(rows, later)
                prefetch(rows, later + eight)
            j, w, code = width * np.uint64(neighbour[e]), strength[e], np.uint64(kind[e])
            k = w * influence_weight[code]
            brought = rows[j + asked]
            f = abs(brought) * (welcoming if brought < 0.0 else engaged)
            lived[e] = f
            fewest = f if f < fewest else fewest
            supported = w * support_weight[code] * f if supports[e] else 0.0
            within = k if abs(rows[j + two] - own_attitude) <= bound else 0.0
            support += supported
            by_strength += w
            by_influence += k
            confidants += within
            sums = add_row(sums, wide_weights(k, within, supported), rows, j)
            more = add_row(more, more_weights(w), rows, j + eight)
        least[i] = fewest
        out[0, i], out[1, i], out[2, i], out[3, i] = by_strength, by_influence, support, lane(sums, 2)
        out[4, i], out[5, i], out[6, i], out[7, i] = lane(sums, 4), lane(sums, 5), lane(sums, 6), lane(sums, 7)
        for at in range(8):
            out[8 + at, i] = lane(more, at)
        out[16, i], out[17, i] = lane(sums, 3) - confidants * rows[own + three], confidants
