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
    ``pull`` is the influence-weighted sum of differences of attitude to neighbours within ``bound``, and
    ``confidants`` the influence weight of those neighbours.
    """
    for i in range(start.size):
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
        i0 = i1 = i2 = i3 = 0.0
        c0 = c1 = c2 = 0.0
        l0 = total_pull = total_weight = 0.0
        own, own_engagement, own_welcome, own_disclosed = attitude[i], engagement[i], welcome[i], disclosed[i]
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
            difference = attitude[j] - own
            if abs(difference) <= bound:
                total_pull += k * difference
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
def _move_row(start, length, room, i, end, neighbour, strength, reference, kind, supports, place, maker):
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
    start[i] = end
    room[i] = 2 * room[i] + 2
    return end + room[i]


@njit(cache=True)
def _insert(at, last, j, w, k, s, p, m, neighbour, strength, reference, kind, supports, place, maker):
    """Shift entries ``at..last`` up by one and write the new entry at ``at``."""
    for e in range(last, at, -1):
        neighbour[e] = neighbour[e - 1]
        strength[e] = strength[e - 1]
        reference[e] = reference[e - 1]
        kind[e] = kind[e - 1]
        supports[e] = supports[e - 1]
        place[e] = place[e - 1]
        maker[e] = maker[e - 1]
    neighbour[at] = j
    strength[at] = w
    reference[at] = w
    kind[at] = k
    supports[at] = s
    place[at] = p
    maker[at] = m


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
    neighbour,
    strength,
    reference,
    kind,
    supports,
    place,
    maker,
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
                    start, length, room, a, end, neighbour, strength, reference, kind, supports, place, maker
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
            )
            length[a] += 1
    return end


@njit(cache=True)
def remove_ties(
    one,
    other,
    removed,
    start,
    length,
    neighbour,
    strength,
    reference,
    kind,
    supports,
    place,
    maker,
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
            length[a] -= 1


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
