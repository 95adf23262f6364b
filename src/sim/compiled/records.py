"""Records of ties that have ended (see :mod:`sim.community.dormant`)."""

from __future__ import annotations

from sim.compiled.caching import kernel


@kernel
def link_records(begin, end, one, other, last, before_one, before_other):
    """Link new records of ended ties to the earlier ones of both residents (see ``community.dormant``)."""
    for k in range(begin, end):
        before_one[k] = last[one[k]]
        last[one[k]] = k
        before_other[k] = last[other[k]]
        last[other[k]] = k


@kernel
def wake_records(who, whom, last, one, other, before_one, before_other, awake):
    """Note in the records of ended ties which pairs are tied again."""
    for t in range(who.size):
        i, j = who[t], whom[t]
        k = last[i]
        while k >= 0:
            if (other[k] if one[k] == i else one[k]) == j:
                awake[k] = True
            k = before_one[k] if one[k] == i else before_other[k]
