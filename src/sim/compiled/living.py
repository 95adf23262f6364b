"""Ties that grow, weaken and end."""

from __future__ import annotations

import math

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform


@kernel
def follow(rate, lived, reference, strength):
    """Move the strength of every tie a share ``rate`` of the way to its strength at rest, as far as it is lived."""
    for e in range(strength.size):
        target = reference[e] * lived[e]
        strength[e] += rate * ((target if target < 1.0 else 1.0) - strength[e])


@kernel
def live_ties(
    key, week, identity, start, length, due, neighbour, strength, reference, kind, maker, ending, lived, least, held,
    hazard, rate, too_weak, count, one, other,
):  # fmt: skip
    """Say which ties end this week, and how many each resident has; return how many end.

    ``one`` < ``other`` are filled with the ties that end: because less than the share ``too_weak`` of their strength at
    rest is left once it has followed what is ``lived``, or by the ``hazard`` of their kind; ``count[i, kind]`` with the
    ties that no intervention made.
    A row is searched only when something is ``due``: 0 after a tie was made or ended, and then ``count`` is brought up
    to date; later the first week in which one of its ties ends; or when the ``least`` lived of them might be too weak.
    """
    ended = 0
    surviving = np.zeros(hazard.size)
    for k in range(hazard.size):
        surviving[k] = math.log1p(-hazard[k]) if hazard[k] < 1.0 else -np.inf
    for i in range(start.size):
        if due[i] == 0:
            count[i] = 0
            for e in range(np.uint64(start[i]), np.uint64(start[i] + length[i])):
                if maker[e] < 0 and kind[e] < count.shape[1]:
                    count[i, kind[e]] += 1
        if least[i] < too_weak or due[i] <= week:  # a tie becomes too weak only while it is lived too little
            before = ended
            ended = _endings(
                key, week, i, identity, start, length, due, neighbour, strength, reference, kind, maker, ending, lived,
                held, hazard, surviving, rate, too_weak, one, other, before,
            )  # fmt: skip
    return ended


@kernel
def _endings(
    key, week, i, identity, start, length, due, neighbour, strength, reference, kind, maker, ending, lived, held,
    hazard, surviving, rate, too_weak, one, other, ended,
):  # fmt: skip
    """List the ties of resident i that end this week, of those with residents of greater numbers; return the new count.

    For the hazard each tie has one draw, made in the first week that it is met here and kept in ``ending``: the week
    in which it ends by itself. Ties that an intervention made and that are ``held[intervention]`` on either side do
    not end here. ``surviving`` is the logarithm of 1 - ``hazard``.
    """
    soonest = np.iinfo(np.int32).max
    for e in range(np.uint64(start[i]), np.uint64(start[i] + length[i])):
        j, m, h = neighbour[e], maker[e], hazard[kind[e]]
        if j < i:
            continue
        if m >= 0 and (held[m, i] or held[m, j]):
            soonest = week + 1
            continue
        if h > 0.0 and ending[e] == 0:
            luck = uniform(key, min(identity[i], identity[j]), max(identity[i], identity[j]))
            weeks = math.log1p(-luck) / surviving[kind[e]] if h < 1.0 else 0.0
            ending[e] = week + int(min(weeks, 1e9))
        target = reference[e] * lived[e]
        grown = strength[e] + rate * ((target if target < 1.0 else 1.0) - strength[e])
        ends = grown < too_weak * reference[e]
        if h > 0.0:
            soonest = min(soonest, ending[e])
            ends = ends or ending[e] <= week
        if ends:
            one[ended] = i
            other[ended] = j
            ended += 1
    due[i] = max(soonest, 1)
    return ended
