"""All compiled code, in one module on purpose.

numba keeps compiled functions on disk and notices a change only in the file that a function stands in: a
kernel that called one in another module would go on using the old one, silently. So every kernel, and every
function that a kernel calls, stands here (``tests/test_compiled.py`` edits one and checks).

No threads and no ``fastmath``: sums are taken in the order written, so results are the same on every run.
Nothing here allocates except where it says so.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, uint64

_M0 = uint64(0xD2511F53)
_M1 = uint64(0xCD9E8D57)
_W0 = uint64(0x9E3779B9)
_W1 = uint64(0xBB67AE85)
_MASK = uint64(0xFFFFFFFF)
_32 = uint64(32)
_11 = uint64(11)
_TWO_TO_MINUS_53 = 2.0**-53


# --- keyed draws -------------------------------------------------------------------------------------


@njit(cache=True)
def uniform(key, low, high):
    """Return one double in [0, 1): Philox4x32-10 of a 128-bit counter, its first two words."""
    c0, c1, c2, c3 = low & _MASK, low >> _32, high & _MASK, high >> _32
    k0, k1 = key & _MASK, key >> _32
    for _ in range(10):
        product0 = _M0 * c0
        product1 = _M1 * c2
        c0 = (product1 >> _32) ^ c1 ^ k0
        c1 = product1 & _MASK
        c2 = (product0 >> _32) ^ c3 ^ k1
        c3 = product0 & _MASK
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return np.float64(((c1 << _32) | c0) >> _11) * _TWO_TO_MINUS_53


@njit(cache=True)
def fill_uniform(key, who, number, out):
    """Fill ``out`` with one uniform draw a resident."""
    for i in range(who.size):
        out[i] = uniform(key, who[i], number)


@njit(cache=True)
def fill_pair_uniform(key, one, other, out):
    """Fill ``out`` with one uniform draw a pair; the smaller identity is the counter's lower half."""
    for i in range(one.size):
        if one[i] < other[i]:
            out[i] = uniform(key, one[i], other[i])
        else:
            out[i] = uniform(key, other[i], one[i])


@njit(cache=True)
def inverse_normal(p):
    """Return the standard normal quantile of 0 < p < 1 (Wichura 1988, algorithm AS 241, PPND16)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (
            (
                (
                    (
                        ((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
                        + 4.5921953931549871457e4
                    )
                    * r
                    + 1.3731693765509461125e4
                )
                * r
                + 1.9715909503065514427e3
            )
            * r
            + 1.3314166789178437745e2
        ) * r + 3.3871328727963666080e0
        low = (
            (
                (
                    (
                        ((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
                        + 2.1213794301586595867e4
                    )
                    * r
                    + 5.3941960214247511077e3
                )
                * r
                + 6.8718700749205790830e2
            )
            * r
            + 4.2313330701600911252e1
        ) * r + 1.0
        return q * top / low
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = (
            (
                (
                    (
                        ((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1)
                        * r
                        + 1.27045825245236838258e0
                    )
                    * r
                    + 3.64784832476320460504e0
                )
                * r
                + 5.76949722146069140550e0
            )
            * r
            + 4.63033784615654529590e0
        ) * r + 1.42343711074968357734e0
        low = (
            (
                (
                    (
                        ((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2)
                        * r
                        + 1.48103976427480074590e-1
                    )
                    * r
                    + 6.89767334985100004550e-1
                )
                * r
                + 1.67638483018380384940e0
            )
            * r
            + 2.05319162663775882187e0
        ) * r + 1.0
    else:
        r -= 5.0
        top = (
            (
                (
                    (
                        ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3)
                        * r
                        + 2.65321895265761230930e-2
                    )
                    * r
                    + 2.96560571828504891230e-1
                )
                * r
                + 1.78482653991729133580e0
            )
            * r
            + 5.46378491116411436990e0
        ) * r + 6.65790464350110377720e0
        low = (
            (
                (
                    (
                        ((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5)
                        * r
                        + 7.86869131145613259100e-4
                    )
                    * r
                    + 1.48753612908506148525e-2
                )
                * r
                + 1.36929880922735805310e-1
            )
            * r
            + 5.99832206555887937690e-1
        ) * r + 1.0
    return -top / low if q < 0.0 else top / low


@njit(cache=True)
def to_normal(values):
    """Turn uniform draws in [0, 1) into standard normal ones, in place."""
    for i in range(values.size):
        values[i] = inverse_normal(values[i] + 0.5 * _TWO_TO_MINUS_53)


# --- the pass over the ties --------------------------------------------------------------------------


COLUMNS = 16
"""Numbers that one pass over the ties sums: by strength 8, by influence 4, by support 1, counted 3."""


@njit(cache=True)
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


# --- rows of ties ------------------------------------------------------------------------------------


@njit(cache=True)
def find_tie(start, length, neighbour, i, j):
    """Return where the entry i -> j stands or, if there is none, ``-1 - position`` to insert it at."""
    low = start[i]
    high = start[i] + length[i]
    while low < high:
        middle = (low + high) // 2
        if neighbour[middle] < j:
            low = middle + 1
        else:
            high = middle
    if low < start[i] + length[i] and neighbour[low] == j:
        return low
    return -1 - low


@njit(cache=True)
def find_ties(start, length, neighbour, one, other, out):
    """Fill ``out`` with the place of each entry ``one -> other``, negative where there is no such tie."""
    for t in range(one.size):
        out[t] = find_tie(start, length, neighbour, one[t], other[t])


@njit(cache=True)
def _move_row(start, length, room, i, end, neighbour, strength, reference, kind, supports, place, maker, ending):
    """Move row i to the end of the pool with twice its room; return the pool's new end."""
    old = start[i]
    for e in range(length[i]):
        neighbour[end + e] = neighbour[old + e]
        strength[end + e] = strength[old + e]
        reference[end + e] = reference[old + e]
        kind[end + e] = kind[old + e]
        supports[end + e] = supports[old + e]
        place[end + e] = place[old + e]
        maker[end + e] = maker[old + e]
        ending[end + e] = ending[old + e]
    start[i] = end
    room[i] = 2 * room[i] + 2
    return end + room[i]


@njit(cache=True)
def _insert(at, last, j, w, k, s, p, m, neighbour, strength, reference, kind, supports, place, maker, ending):
    """Shift entries ``at..last`` up by one and write the new entry at ``at``."""
    for e in range(last, at, -1):
        neighbour[e] = neighbour[e - 1]
        strength[e] = strength[e - 1]
        reference[e] = reference[e - 1]
        kind[e] = kind[e - 1]
        supports[e] = supports[e - 1]
        place[e] = place[e - 1]
        maker[e] = maker[e - 1]
        ending[e] = ending[e - 1]
    neighbour[at] = j
    strength[at] = w
    reference[at] = w
    kind[at] = k
    supports[at] = s
    place[at] = p
    maker[at] = m
    ending[at] = 0


@njit(cache=True)
def add_ties(
    one,
    other,
    new_strength,
    new_kind,
    supports_one,
    supports_other,
    new_place,
    new_maker,
    added,
    end,
    start,
    length,
    room,
    due,
    neighbour,
    strength,
    reference,
    kind,
    supports,
    place,
    maker,
    ending,
):
    """Insert ties in both rows, keeping rows in ascending order; skip self-ties and ties that are there.

    The pool must have space behind ``end`` for every row that may move (the caller sees to it).
    Return the pool's new end; ``added`` says which ties are new.
    """
    for t in range(one.size):
        i, j = one[t], other[t]
        added[t] = False
        if i == j or find_tie(start, length, neighbour, i, j) >= 0:
            continue
        added[t] = True
        for direction in range(2):
            a, b = (i, j) if direction == 0 else (j, i)
            s = supports_one[t] if direction == 0 else supports_other[t]
            if length[a] == room[a]:
                end = _move_row(
                    start, length, room, a, end, neighbour, strength, reference, kind, supports, place, maker, ending
                )
            at = -1 - find_tie(start, length, neighbour, a, b)
            _insert(
                at,
                start[a] + length[a],
                b,
                new_strength[t],
                new_kind[t],
                s,
                new_place[t],
                new_maker[t],
                neighbour,
                strength,
                reference,
                kind,
                supports,
                place,
                maker,
                ending,
            )
            length[a] += 1
            due[a] = 0
    return end


@njit(cache=True)
def remove_ties(
    one,
    other,
    removed,
    start,
    length,
    due,
    neighbour,
    strength,
    reference,
    kind,
    supports,
    place,
    maker,
    ending,
):
    """Take ties out of both rows; ``removed`` says which of them were there."""
    for t in range(one.size):
        removed[t] = False
        for direction in range(2):
            a, b = (one[t], other[t]) if direction == 0 else (other[t], one[t])
            at = find_tie(start, length, neighbour, a, b)
            if at < 0:
                break
            removed[t] = True
            for e in range(at, start[a] + length[a] - 1):
                neighbour[e] = neighbour[e + 1]
                strength[e] = strength[e + 1]
                reference[e] = reference[e + 1]
                kind[e] = kind[e + 1]
                supports[e] = supports[e + 1]
                place[e] = place[e + 1]
                maker[e] = maker[e + 1]
                ending[e] = ending[e + 1]
            length[a] -= 1
            due[a] = 0


@njit(cache=True)
def count_by_kind(start, length, kind, out):
    """Fill ``out[i, kind]`` with the number of ties of each kind of each resident."""
    out[:] = 0
    for i in range(start.size):
        for e in range(start[i], start[i] + length[i]):
            out[i, kind[e]] += 1


@njit(cache=True)
def distances(start, length, neighbour, kind, counted, sources, most, out):
    """Fill ``out`` with steps to the nearest source over ties of the counted kinds; -1 beyond ``most``.

    Allocates one queue of residents.
    """
    queue = np.empty(start.size, np.int32)
    head = 0
    tail = 0
    for i in range(start.size):
        out[i] = -1
        if sources[i]:
            out[i] = 0
            queue[tail] = i
            tail += 1
    while head < tail:
        i = queue[head]
        head += 1
        if out[i] == most:
            continue
        for e in range(start[i], start[i] + length[i]):
            j = neighbour[e]
            if counted[kind[e]] and out[j] < 0:
                out[j] = out[i] + 1
                queue[tail] = j
                tail += 1


# --- the shape of the network -------------------------------------------------------------------------


@njit(cache=True)
def components(start, length, neighbour, label):
    """Fill ``label`` with the smallest number of a resident in the same connected part.

    Allocates one queue of residents.
    """
    queue = np.empty(start.size, np.int32)
    label[:] = -1
    for first in range(start.size):
        if label[first] >= 0:
            continue
        label[first] = first
        queue[0] = first
        head = 0
        tail = 1
        while head < tail:
            i = queue[head]
            head += 1
            for e in range(start[i], start[i] + length[i]):
                j = neighbour[e]
                if label[j] < 0:
                    label[j] = first
                    queue[tail] = j
                    tail += 1


@njit(cache=True)
def triangles(start, length, neighbour, closed):
    """Fill ``closed`` with how many pairs of each resident's contacts have a tie themselves.

    Rows are in ascending order, so the common contacts of two residents are found by walking along both rows at once;
    each triangle is met once, from its smallest resident.
    """
    closed[:] = 0
    for i in range(start.size):
        end_i = start[i] + length[i]
        for e in range(start[i], end_i):
            j = neighbour[e]
            if j <= i:
                continue
            a = e + 1
            b = start[j]
            end_j = start[j] + length[j]
            while a < end_i and b < end_j:
                if neighbour[a] < neighbour[b]:
                    a += 1
                elif neighbour[a] > neighbour[b]:
                    b += 1
                else:
                    k = neighbour[a]
                    closed[i] += 1
                    closed[j] += 1
                    closed[k] += 1
                    a += 1
                    b += 1


# --- word of mouth ----------------------------------------------------------------------------------


@njit(cache=True)
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


# --- sums over residents -----------------------------------------------------------------------------


@njit(cache=True)
def total(values):
    """Return the sum of values, taken from the first to the last."""
    result = 0.0
    for i in range(values.size):
        result += values[i]
    return result


@njit(cache=True)
def add_by_group(values, group, sums, counts):
    """Add each value to its group's sum and count it; NaN values and negative groups are passed over."""
    for i in range(values.size):
        g = group[i]
        if g >= 0 and values[i] == values[i]:
            sums[g] += values[i]
            counts[g] += 1


# --- network measures --------------------------------------------------------------------------------


@njit(cache=True)
def betweenness(first, neighbour, pivots, queue, distance, paths, dependency, out):
    """Add to ``out`` how often each resident lies on shortest paths from the pivots (Brandes 2001).

    ``neighbour[first[i] : first[i + 1]]`` are resident i's neighbours. The arrays between ``pivots`` and ``out``
    are for working, one place a resident.
    """
    distance[:] = -1
    for p in range(pivots.size):
        tail = 1
        queue[0] = pivots[p]
        distance[pivots[p]] = 0
        paths[pivots[p]] = 1.0
        head = 0
        while head < tail:
            i = queue[head]
            head += 1
            dependency[i] = 0.0
            for e in range(first[i], first[i + 1]):
                j = neighbour[e]
                if distance[j] < 0:
                    distance[j] = distance[i] + 1
                    paths[j] = 0.0
                    queue[tail] = j
                    tail += 1
                if distance[j] == distance[i] + 1:
                    paths[j] += paths[i]
        for k in range(tail - 1, 0, -1):
            i = queue[k]
            share = (1.0 + dependency[i]) / paths[i]
            for e in range(first[i], first[i + 1]):
                j = neighbour[e]
                if distance[j] == distance[i] - 1:
                    dependency[j] += paths[j] * share
            out[i] += dependency[i]
        for k in range(tail):
            distance[queue[k]] = -1


@njit(cache=True)
def leading_vector(first, neighbour, rounds, tolerance, other, out):
    """Turn ``out`` into the leading eigenvector of the ties (greatest entry 1), beginning from ones.

    Power iteration of ties + identity, which does not swing on networks with two sides. ``other`` is for working.
    Return the number of rounds taken; where that is ``rounds``, the change was still above ``tolerance``.
    """
    out[:] = 1.0
    for r in range(rounds):
        greatest = 0.0
        for i in range(out.size):
            value = out[i]
            for e in range(first[i], first[i + 1]):
                value += out[neighbour[e]]
            other[i] = value
            greatest = max(greatest, value)
        change = 0.0
        for i in range(out.size):
            value = other[i] / greatest
            change = max(change, abs(value - out[i]))
            out[i] = value
        if change < tolerance:
            return r + 1
    return rounds


@njit(cache=True)
def move_to_communities(first, neighbour, weight, own_weight, order, community, total, links, touched):
    """Move nodes to the neighbouring community that raises modularity most, until none moves; say whether any did.

    The first half of a round of Blondel et al. (2008). ``own_weight`` is each node's weight to itself, counted in
    both directions; ``total`` the weight of each community. A node stays where no other community is better, and
    takes the first one met in its row among equally good ones. ``links`` (all zero) and ``touched`` are for working.
    """
    everything = 0.0
    for c in range(total.size):
        everything += total[c]
    any_moved = False
    moved = everything > 0.0
    while moved:
        moved = False
        for o in range(order.size):
            i = order[o]
            degree = own_weight[i]
            count = 0
            for e in range(first[i], first[i + 1]):
                degree += weight[e]
                c = community[neighbour[e]]
                if links[c] == 0.0:
                    touched[count] = c
                    count += 1
                links[c] += weight[e]
            here = community[i]
            total[here] -= degree
            best, best_gain = here, links[here] - degree * total[here] / everything
            for k in range(count):
                c = touched[k]
                gain = links[c] - degree * total[c] / everything
                if gain > best_gain + 1e-9:
                    best, best_gain = c, gain
            total[best] += degree
            for k in range(count):
                links[touched[k]] = 0.0
            if best != here:
                community[i] = best
                moved = True
                any_moved = True
    return any_moved


@njit(cache=True)
def add_by_groups(values, groups, sums):
    """Add each value to the sums of all groups that its resident is in, one row of ``groups`` a column of residents.

    Groups are numbered over all columns; negative ones are passed over.
    """
    for column in range(groups.shape[0]):
        for i in range(values.size):
            g = groups[column, i]
            if g >= 0:
                sums[g] += values[i]


# --- ties that change --------------------------------------------------------------------------------


@njit(cache=True)
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


@njit(cache=True)
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


@njit(cache=True)
def _fill_buckets(size, who, code, first, members):
    """Sort the first ``size`` items by their codes (negative: none); code b has ``members[first[b] : first[b + 1]]``.

    Members are numbers of items or, where an item stands for somebody in ``who``, those; ``first`` has two places more
    than there are codes.
    """
    first[:] = 0
    for t in range(size):
        if code[t] >= 0:
            first[code[t] + 2] += 1
    for b in range(first.size - 1):
        first[b + 1] += first[b]
    for t in range(size):
        if code[t] >= 0:
            members[first[code[t] + 1]] = who[t]
            first[code[t] + 1] += 1


@njit(cache=True)
def _parted_lately(i, j, since, last, one, other, week, before_one, before_other):
    """Say whether a tie between two residents has ended in week ``since`` or later (see ``community.dormant``)."""
    k = last[i]
    while k >= 0 and week[k] >= since:
        if (other[k] if one[k] == i else one[k]) == j:
            return True
        k = before_one[k] if one[k] == i else before_other[k]
    return False


@njit(cache=True)
def _may_meet(i, j, known):
    """Say whether two residents are neither tied nor have parted lately."""
    start, length, neighbour, since, gone = known
    return find_tie(start, length, neighbour, i, j) < 0 and not _parted_lately(i, j, since, *gone)


@njit(cache=True)
def _best_of(a, members, begin, end, factor, best, least, key, listed, weights, known):
    """Return whom of some seekers a meets first, and how long that takes; ``best`` and ``least`` if nobody is sooner.

    The least of such waits falls on each of several people in proportion to their weights, whatever their order:
    ``factor``, and for those who are alike or live near each other more. A negative factor stands for its amount, no
    matter how alike or near. ``a`` and members are places in the lists of seekers ``listed``.
    """
    who, identity, near, alike = listed
    alike_weight, near_weight = (weights[0], weights[1]) if factor > 0.0 else (1.0, 1.0)
    own_identity, own_near, own_alike, amount = identity[a], near[a], alike[a], abs(factor)
    for m in range(begin, end):
        b = members[m]
        luck = uniform(key, min(own_identity, identity[b]), max(own_identity, identity[b]))
        weight = amount * (alike_weight if alike[b] == own_alike else 1.0)
        weight *= near_weight if own_near >= 0 and near[b] == own_near else 1.0
        if luck < least * weight:  # the wait is at least luck / weight
            wait = -math.log1p(-luck) / weight
            if wait < least and a != b and _may_meet(who[a], who[b], known):
                best, least = b, wait
    return best, least


@njit(cache=True)
def _friends_of_friends(i, rule, kind, maker, row, start, length, neighbour, out):
    """List friends of friends who seek somebody, some more than once; return how many, also where ``out`` is full."""
    found = 0
    for e in range(start[i], start[i] + length[i]):
        if maker[e] >= 0 or rule[kind[e]] != 0:
            continue
        friend = neighbour[e]
        for f in range(start[friend], start[friend] + length[friend]):
            b = row[neighbour[f]]
            if b >= 0 and maker[f] < 0 and rule[kind[f]] == 0:
                if found < out.size:
                    out[found] = b
                found += 1
    return found


@njit(cache=True)
def _list_seekers_of(k, seekers, slots, taken, circle, circles, people, places, row, listed, stay, lists):
    """List those with a free slot of kind k, by where they live, by likeness and by place; return how many they are."""
    identity, near, nears, alike = people
    place_first, place_of, place_open = places
    who, own_identity, own_near, own_alike = listed
    places_in_list = np.arange(who.size)
    near_lists, alike_lists, place_lists = lists
    code_near, code_alike, code_place = near_lists[0], alike_lists[0], place_lists[0]
    seeking = 0
    stays = 0
    for t in range(seekers.size):
        i = seekers[t]
        if slots[i, k] <= taken[i, k]:
            continue
        row[i] = seeking
        who[seeking], own_identity[seeking], own_alike[seeking] = i, identity[i], alike[i]
        own_near[seeking] = near[i] if nears > 0 else -1
        code_near[seeking] = near[i] if nears > 0 else circle[t]
        code_alike[seeking] = alike[i] * circles + circle[t]
        for p in range(place_first[i], place_first[i + 1]):
            stay[stays] = seeking
            code_place[stays] = place_of[p] if place_open[place_of[p]] else -1
            stays += 1
        seeking += 1
    _fill_buckets(seeking, places_in_list, *near_lists)
    _fill_buckets(seeking, places_in_list, *alike_lists)
    _fill_buckets(stays, stay, *place_lists)
    return seeking


@njit(cache=True)
def _partner(a, k, rule, kind, maker, row, key, listed, weights, known, places, lists, friends):
    """Return the seeker whom a meets for a tie of kind k, and in which place; -1 for nobody and for none."""
    place_first, place_of, place_open = places
    near_lists, alike_lists, place_lists = lists
    best, least, place = -1, np.inf, -1
    if rule[k] != 2:
        code, first, members = near_lists
        b, factor = code[a], 1.0 if rule[k] == 0 else -1.0
        best, least = _best_of(a, members, first[b], first[b + 1], factor, best, least, key, listed, weights, known)
    if rule[k] == 0:
        code, first, members = alike_lists
        b = code[a]
        best, least = _best_of(a, members, first[b], first[b + 1], 1.0, best, least, key, listed, weights, known)
        i, start, length, neighbour = listed[0][a], known[0], known[1], known[2]
        e = _friends_of_friends(i, rule, kind, maker, row, start, length, neighbour, friends)
        if e > friends.size:
            friends = np.empty(e, np.int64)
            _friends_of_friends(i, rule, kind, maker, row, start, length, neighbour, friends)
        best, least = _best_of(a, friends, 0, e, weights[3], best, least, key, listed, weights, known)
    if rule[k] == 1:
        return best, place
    _, first, members = place_lists
    i, factor = listed[0][a], weights[2] if rule[k] == 0 else -1.0
    for p in range(place_first[i], place_first[i + 1]):
        b = place_of[p]
        if place_open[b]:
            before = least
            best, least = _best_of(a, members, first[b], first[b + 1], factor, best, least, key, listed, weights, known)
            if least < before and rule[k] == 2:
                place = b
    return best, place


@njit(cache=True)
def list_seekers(slots, taken, who):
    """Fill ``who`` with residents with a free slot; return how many they are, and how many kinds they seek in all."""
    found = 0
    wanted = 0
    for i in range(slots.shape[0]):
        before = wanted
        for k in range(slots.shape[1]):
            if slots[i, k] > taken[i, k]:
                wanted += 1
        if wanted > before:
            who[found] = i
            found += 1
    return found, wanted


@njit(cache=True)
def seek_partners(
    seekers,
    slots,
    taken,
    rule,
    search_key,
    choice_key,
    circle_key,
    search,
    weights,
    identity,
    near,
    nears,
    alike,
    alikes,
    circles,
    place_first,
    place_of,
    place_open,
    start,
    length,
    neighbour,
    kind,
    maker,
    since,
    gone,
    one,
    other,
    kinds,
    where,
):
    """Let residents with free slots look for partners with free slots of the same kind; return how many found one.

    ``slots[i, kind]`` less ``taken[i, kind]`` is what is free; ``seekers`` are those with any free slot. Whom a
    resident meets is told by ``rule[kind]``: 0 people nearby, people alike, members of the same open place and friends
    of friends (over ties of such kinds), with ``weights`` (alike, near, fellow member, friend of a friend) that
    multiply; 1 people nearby; 2 members of the same open place; negative: nobody. ``near`` and ``alike`` are codes, of
    which there are ``nears`` (0: no neighbourhoods) and ``alikes``. Each week the community falls by lot into
    ``circles`` in which people meet who are alike, or anybody where there are no neighbourhoods.
    Of those she can meet, one is chosen by lot; nobody she is tied to, or parted from in week ``since`` or later
    (``gone``: records of ended ties). ``one`` < ``other``, ``kinds`` and ``where`` (place, -1 for none) are filled.
    Allocates a number for everybody, and lists of the seekers by where they meet.
    """
    size = seekers.size
    stays = 0
    for t in range(size):
        stays += place_first[seekers[t] + 1] - place_first[seekers[t]]
    near_codes = nears if nears > 0 else circles
    near_lists = (np.empty(size, np.int64), np.empty(near_codes + 2, np.int64), np.empty(size, np.int64))
    alike_lists = (np.empty(size, np.int64), np.empty(alikes * circles + 2, np.int64), np.empty(size, np.int64))
    place_lists = (np.empty(stays, np.int64), np.empty(place_open.size + 2, np.int64), np.empty(stays, np.int64))
    lists = (near_lists, alike_lists, place_lists)
    listed = (np.empty(size, np.int32), np.empty(size, np.uint64), np.empty(size, np.int64), np.empty(size, np.int64))
    who, stay, friends = listed[0], np.empty(stays, np.int64), np.empty(256, np.int64)
    circle, row = np.zeros(size, np.int64), np.full(start.size, -1, np.int32)
    if circles > 1:
        for t in range(size):
            circle[t] = int(uniform(circle_key, identity[seekers[t]], uint64(0)) * circles)
    people = (identity, near, nears, alike)
    known = (start, length, neighbour, since, gone)
    places = (place_first, place_of, place_open)
    found = 0
    for k in range(slots.shape[1]):
        if rule[k] < 0:
            continue
        seeking = _list_seekers_of(k, seekers, slots, taken, circle, circles, people, places, row, listed, stay, lists)
        for a in range(seeking):
            i = who[a]
            free = slots[i, k] - taken[i, k]
            if uniform(search_key, identity[i], uint64(k)) >= 1.0 - (1.0 - search) ** free:
                continue
            b, place = _partner(
                a, k, rule, kind, maker, row, choice_key, listed, weights, known, places, lists, friends
            )  # fmt: skip
            if b >= 0:
                one[found], other[found] = min(i, who[b]), max(i, who[b])
                kinds[found], where[found] = k, place
                found += 1
        for a in range(seeking):
            row[who[a]] = -1
    return found


@njit(cache=True)
def fill_slots(order, one, other, kinds, slots, taken, accepted):
    """Accept pairs in an order while both still have a free slot of the kind; ``taken`` goes up with each."""
    for t in range(order.size):
        at = order[t]
        i, j, k = one[at], other[at], kinds[at]
        accepted[at] = slots[i, k] > taken[i, k] and slots[j, k] > taken[j, k]
        if accepted[at]:
            taken[i, k] += 1
            taken[j, k] += 1


@njit(cache=True)
def link_records(begin, end, one, other, last, before_one, before_other):
    """Link new records of ended ties to the earlier ones of both residents (see ``community.dormant``)."""
    for k in range(begin, end):
        before_one[k] = last[one[k]]
        last[one[k]] = k
        before_other[k] = last[other[k]]
        last[other[k]] = k


@njit(cache=True)
def wake_records(who, whom, last, one, other, before_one, before_other, awake):
    """Note in the records of ended ties which pairs are tied again."""
    for t in range(who.size):
        i, j = who[t], whom[t]
        k = last[i]
        while k >= 0:
            if (other[k] if one[k] == i else one[k]) == j:
                awake[k] = True
            k = before_one[k] if one[k] == i else before_other[k]
