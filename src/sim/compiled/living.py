"""Ties that grow, weaken and end."""

from __future__ import annotations

import math

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform


@kernel
def live_ties(
    key,
    week,
    identity,
    start,
    length,
    due,
    neighbour,
    strength,
    reference,
    kind,
    maker,
    ending,
    engagement,
    welcome,
    disclosed,
    held,
    hazard,
    rate,
    too_weak,
    change,
    count,
    one,
    other,
):
    """Say how ties grow and weaken, which of them end, and how many each resident has; return how many end.

    ``change`` is filled with the change of each entry's strength, equal to the bit in both directions: what is
    multiplied is put in an order that does not depend on whose row it is. ``one`` < ``other`` are filled with the ties
    that end: because less than the share ``too_weak`` of their strength at rest is left, or by the ``hazard`` of their
    kind; ``count[i, kind]`` with the ties that no intervention made.
    Rows are searched for ties that end only when something is ``due``: 0 after a tie was made or ended, and then
    ``count`` is brought up to date; later the first week in which one of them ends.
    """
    ended = 0
    for i in range(start.size):
        own_engagement, own_welcome, own_disclosed = engagement[i], welcome[i], disclosed[i]
        least = 1.0
        for e in range(start[i], start[i] + length[i]):
            j = neighbour[e]
            mine = welcome[j] if own_disclosed else 1.0
            theirs = own_welcome if disclosed[j] else 1.0
            lived = own_engagement * engagement[j] * (mine * theirs)
            least = lived if lived < least else least
            target = reference[e] * lived
            change[e] = rate * ((target if target < 1.0 else 1.0) - strength[e])
        if due[i] == 0:
            count[i] = 0
            for e in range(start[i], start[i] + length[i]):
                if maker[e] < 0 and kind[e] < count.shape[1]:
                    count[i, kind[e]] += 1
        if least < too_weak or due[i] <= week:  # a tie becomes too weak only while it is lived too little
            before = ended
            ended = _endings(
                key, week, i, identity, start, length, due, neighbour, strength, reference, kind, maker, ending, held,
                hazard, too_weak, change, one, other, before,
            )  # fmt: skip
    return ended


@kernel
def _endings(
    key, week, i, identity, start, length, due, neighbour, strength, reference, kind, maker, ending, held, hazard,
    too_weak, change, one, other, ended,
):  # fmt: skip
    """List the ties of resident i that end this week, of those with residents of greater numbers; return the new count.

    For the hazard each tie has one draw, made in the first week that it is met here and kept in ``ending``: the week
    in which it ends by itself. Ties that an intervention made and that are ``held[intervention]`` on either side do
    not end here.
    """
    soonest = np.iinfo(np.int32).max
    for e in range(start[i], start[i] + length[i]):
        j, m, h = neighbour[e], maker[e], hazard[kind[e]]
        if j < i:
            continue
        if m >= 0 and (held[m, i] or held[m, j]):
            soonest = week + 1
            continue
        if h > 0.0 and ending[e] == 0:
            luck = uniform(key, min(identity[i], identity[j]), max(identity[i], identity[j]))
            weeks = math.log1p(-luck) / math.log1p(-h) if h < 1.0 else 0.0
            ending[e] = week + int(min(weeks, 1e9))
        ends = strength[e] + change[e] < too_weak * reference[e]
        if h > 0.0:
            soonest = min(soonest, ending[e])
            ends = ends or ending[e] <= week
        if ends:
            one[ended] = i
            other[ended] = j
            ended += 1
    due[i] = max(soonest, 1)
    return ended
