"""The pass over the ties: weighted sums over neighbours.

What is asked of a neighbour stands in one row of a flat array, so that one tie costs one or two cache lines. A row has
:data:`NARROW` numbers where that is enough, else :data:`WIDE`; the layouts are fixed and sums are kept in scalars,
because sums in an array might, for all the compiler knows, overlap with what is gathered, and then nothing is
vectorised (``docs/performance.md``).

Both kernels take the same arguments. ``start`` to ``supports`` are the rows of ties. ``influence_weight`` and
``support_weight`` are weights by kind of tie. ``rows[width * j : width * (j + 1)]`` is what is gathered of resident j:
first her engagement, negative where she has disclosed, then by how much she welcomes those who have, then her
attitude. ``lived`` is filled with how much of each tie is lived, equal to the bit in both directions, and ``least``
with the least of each resident's ties, 1 where none is less. ``out[s, i]`` are the sums. Where ``ahead`` is not 0, what
is needed that many ties later is asked for beforehand. Neighbours are summed in ascending order.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.memory import prefetch

NARROW = 8
"""Numbers in a narrow row: engagement, welcome, attitude, 1 summed by influence, 3 by strength, 1 counted."""

NARROW_SUMS = 10
"""Sums of a narrow pass: strength, influence, support; attitude and the column of the row's place 3 by influence; 3 by
strength; 1 counted; pull."""

WIDE = 16
"""Numbers in a wide row: engagement, welcome, attitude, what is passed on, 3 summed by influence, 1 by support, 6 by
strength, 2 counted."""

WIDE_SUMS = 18
"""Sums of a wide pass: strength, influence, support; attitude by influence; 3 by influence; 1 by support; 6 by
strength; 2 counted; pull and confidants."""


@kernel
def pass_narrow(
    start, length, neighbour, strength, kind, supports, influence_weight, support_weight, bound, rows, ahead, lived,
    least, out,
):  # fmt: skip
    """Take sums over ties of rows of :data:`NARROW` numbers; everybody pulls: ``bound`` is not looked at.

    ``pull`` is the influence-weighted sum of differences of attitude.
    """
    last = neighbour.size - 1
    for i in range(start.size):
        by_strength = by_influence = support = attitude = pull = 0.0
        i3 = s4 = s5 = s6 = c7 = 0.0
        own = NARROW * i
        own_engagement, own_disclosed = abs(rows[own]), math.copysign(1.0, rows[own]) < 0.0
        own_welcome, own_attitude = rows[own + 1], rows[own + 2]
        fewest = 1.0
        first = start[i]
        for e in range(first, first + length[i]):
            if ahead:
                prefetch(rows, NARROW * np.int64(neighbour[min(e + ahead, last)]))
            j = NARROW * np.int64(neighbour[e])
            w = strength[e]
            k = w * influence_weight[kind[e]]
            f = own_engagement * rows[j]
            if own_disclosed:
                f = abs(f) * (rows[j + 1] * (own_welcome if f < 0.0 else 1.0))
            else:
                f = -f * own_welcome if f < 0.0 else f
            lived[e] = f
            fewest = f if f < fewest else fewest
            support += w * support_weight[kind[e]] * f if supports[e] else 0.0
            by_strength += w
            by_influence += k
            attitude += k * rows[j + 2]
            i3 += k * rows[j + 3]
            s4 += w * rows[j + 4]
            s5 += w * rows[j + 5]
            s6 += w * rows[j + 6]
            c7 += rows[j + 7]
            pull += k * (rows[j + 2] - own_attitude)
        least[i] = fewest
        out[0, i], out[1, i], out[2, i], out[3, i] = by_strength, by_influence, support, attitude
        out[4, i], out[5, i], out[6, i], out[7, i], out[8, i], out[9, i] = i3, s4, s5, s6, c7, pull


@kernel
def pass_wide(
    start, length, neighbour, strength, kind, supports, influence_weight, support_weight, bound, rows, ahead, lived,
    least, out,
):  # fmt: skip
    """Take sums over ties of rows of :data:`WIDE` numbers.

    ``pull`` is the influence-weighted sum of differences of what is passed on to neighbours whose attitude is within
    ``bound``, and ``confidants`` the influence weight of those neighbours.
    """
    last = neighbour.size - 1
    for i in range(start.size):
        by_strength = by_influence = support = attitude = pull = confidants = 0.0
        i4 = i5 = i6 = l7 = s8 = s9 = s10 = s11 = s12 = s13 = c14 = c15 = 0.0
        own = WIDE * i
        own_engagement, own_disclosed = abs(rows[own]), math.copysign(1.0, rows[own]) < 0.0
        own_welcome, own_attitude, own_passed_on = rows[own + 1], rows[own + 2], rows[own + 3]
        fewest = 1.0
        first = start[i]
        for e in range(first, first + length[i]):
            if ahead:
                prefetch(rows, WIDE * np.int64(neighbour[min(e + ahead, last)]))
                prefetch(rows, WIDE * np.int64(neighbour[min(e + ahead, last)]) + 8)
            j = WIDE * np.int64(neighbour[e])
            w = strength[e]
            k = w * influence_weight[kind[e]]
            f = own_engagement * rows[j]
            if own_disclosed:
                f = abs(f) * (rows[j + 1] * (own_welcome if f < 0.0 else 1.0))
            else:
                f = -f * own_welcome if f < 0.0 else f
            lived[e] = f
            fewest = f if f < fewest else fewest
            supported = w * support_weight[kind[e]] * f if supports[e] else 0.0
            support += supported
            by_strength += w
            by_influence += k
            attitude += k * rows[j + 2]
            i4 += k * rows[j + 4]
            i5 += k * rows[j + 5]
            i6 += k * rows[j + 6]
            l7 += supported * rows[j + 7]
            s8 += w * rows[j + 8]
            s9 += w * rows[j + 9]
            s10 += w * rows[j + 10]
            s11 += w * rows[j + 11]
            s12 += w * rows[j + 12]
            s13 += w * rows[j + 13]
            c14 += rows[j + 14]
            c15 += rows[j + 15]
            if abs(rows[j + 2] - own_attitude) <= bound:
                pull += k * (rows[j + 3] - own_passed_on)
                confidants += k
        least[i] = fewest
        out[0, i], out[1, i], out[2, i], out[3, i] = by_strength, by_influence, support, attitude
        out[4, i], out[5, i], out[6, i], out[7, i] = i4, i5, i6, l7
        out[8, i], out[9, i], out[10, i], out[11, i], out[12, i], out[13, i] = s8, s9, s10, s11, s12, s13
        out[14, i], out[15, i], out[16, i], out[17, i] = c14, c15, pull, confidants
