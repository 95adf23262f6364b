"""The pass over the ties: weighted sums over neighbours."""

from __future__ import annotations

from sim.compiled.caching import kernel

COLUMNS = 16
"""Numbers that one pass over the ties sums: by strength 8, by influence 4, by support 1, counted 3."""


@kernel
def pass_over_ties(
    start,
    length,
    neighbour,
    strength,
    kind,
    supports,
    influence_weight,
    support_weight,
    engagement,
    welcome,
    disclosed,
    attitude,
    passed_on,
    bound,
    gathered,
    out,
    pull,
    confidants,
):
    """Take weighted sums over every resident's ties, in one pass, neighbours in ascending order.

    ``gathered[j]`` is one row of :data:`COLUMNS` numbers to be summed: the first eight weighted by strength, the next
    four by influence (strength x weight of the kind), one by how much the tie is lived and supports the row's
    resident, and three that are counted. The layout is fixed and the sums are kept in scalars, because sums in an
    array might, for all the compiler knows, overlap with what is gathered, and then nothing is vectorised
    (``docs/performance.md``).
    ``pull`` is the influence-weighted sum of differences of what is ``passed_on`` to neighbours whose attitude is
    within ``bound``, and ``confidants`` the influence weight of those neighbours.
    """
    for i in range(start.size):
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
        i0 = i1 = i2 = i3 = 0.0
        c0 = c1 = c2 = 0.0
        l0 = total_pull = total_weight = 0.0
        own, own_engagement, own_welcome, own_disclosed = attitude[i], engagement[i], welcome[i], disclosed[i]
        own_passed_on = passed_on[i]
        first = start[i]
        for e in range(first, first + length[i]):
            j = neighbour[e]
            w = strength[e]
            k = w * influence_weight[kind[e]]
            lived = w * support_weight[kind[e]] * (own_engagement * engagement[j])
            if own_disclosed:
                lived *= welcome[j]
            if disclosed[j]:
                lived *= own_welcome
            if not supports[e]:
                lived = 0.0
            row = gathered[j]
            s0 += w * row[0]
            s1 += w * row[1]
            s2 += w * row[2]
            s3 += w * row[3]
            s4 += w * row[4]
            s5 += w * row[5]
            s6 += w * row[6]
            s7 += w * row[7]
            i0 += k * row[8]
            i1 += k * row[9]
            i2 += k * row[10]
            i3 += k * row[11]
            l0 += lived * row[12]
            c0 += row[13]
            c1 += row[14]
            c2 += row[15]
            if abs(attitude[j] - own) <= bound:
                total_pull += k * (passed_on[j] - own_passed_on)
                total_weight += k
        sums = out[i]
        sums[0], sums[1], sums[2], sums[3] = s0, s1, s2, s3
        sums[4], sums[5], sums[6], sums[7] = s4, s5, s6, s7
        sums[8], sums[9], sums[10], sums[11] = i0, i1, i2, i3
        sums[12], sums[13], sums[14], sums[15] = l0, c0, c1, c2
        pull[i] = total_pull
        confidants[i] = total_weight
