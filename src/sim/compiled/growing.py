"""Growing a community from an egocentric survey: closing triangles, and putting people where their likes are.

Rows are of fixed length here: the entries of position i are ``first[i] : first[i + 1]``.
"""

from __future__ import annotations

import math

import numpy as np
from numba import uint64

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform


@kernel
def _position_of(first, neighbour, i, j):
    """Return where j stands in the row of i, -1 if nowhere."""
    for e in range(first[i], first[i + 1]):
        if neighbour[e] == j:
            return e
    return -1


@kernel
def _closed_by(first, neighbour, share, i, j):
    """Return by how much the tie i-j raises the sum of shares of tied pairs of neighbours, over all it closes."""
    found = 0.0
    for e in range(first[i], first[i + 1]):
        k = neighbour[e]
        if k >= 0 and k != j and _position_of(first, neighbour, j, k) >= 0:
            found += share[i] + share[j] + share[k]
    return found


@kernel
def _partner_entry(first, neighbour, kind, i, wanted, begin, not_one, not_other):
    """Return an entry in the row of i of the wanted kind, looking from ``begin`` on, -1 if there is none."""
    degree = first[i + 1] - first[i]
    for offset in range(degree):
        e = first[i] + (begin + offset) % degree
        if kind[e] == wanted and neighbour[e] != not_one and neighbour[e] != not_other:
            return e
    return -1


@kernel
def _pick(key, step, number, size):
    """Return a keyed whole number below ``size``."""
    return np.int64(uniform(key, uint64(step), uint64(number)) * size)


@kernel
def close_triangles(key, first, neighbour, kind, label, share, total, target, most):
    """Swap the ends of ties so that more neighbours of the same position are tied, until a target is met.

    Two neighbours a and b of a position, not tied, and a tie of each of the same kind, a-c and b-d: they become a-b
    and c-d where that closes no fewer triangles. So every position keeps its number of ties of each kind; and as only
    swaps are made that join the same labels as before, so does every pair of labels.

    Parameters
    ----------
    key
        Key of the draws.
    first, neighbour, kind
        The ties; ``neighbour`` is changed.
    label
        Label of each position.
    share
        What one tied pair of neighbours adds to a position's density: 2 / (degree (degree - 1)); 0 below two ties.
    total, target
        Sum of densities now, and at which to stop.
    most
        Greatest number of attempts.

    Returns
    -------
    total
        The sum of densities that was reached.

    """
    positions = first.size - 1
    for step in range(most):
        if total >= target:
            break
        x = _pick(key, step, 0, positions)
        degree = first[x + 1] - first[x]
        if degree < 2:
            continue
        i, j = _pick(key, step, 1, degree), _pick(key, step, 2, degree - 1)
        a, b = neighbour[first[x] + i], neighbour[first[x] + (j + 1 if j >= i else j)]
        if _position_of(first, neighbour, a, b) >= 0:
            continue
        e1 = first[a] + _pick(key, step, 3, first[a + 1] - first[a])
        c = neighbour[e1]
        if b == c or c == x:
            continue
        e2 = _partner_entry(first, neighbour, kind, b, kind[e1], _pick(key, step, 4, first[b + 1] - first[b]), x, c)
        if e2 < 0:
            continue
        d = neighbour[e2]
        if d == a or not (label[b] == label[c] or label[a] == label[d]):
            continue
        if _position_of(first, neighbour, c, d) >= 0:
            continue
        e3, e4 = _position_of(first, neighbour, c, a), _position_of(first, neighbour, d, b)
        change = -_closed_by(first, neighbour, share, a, c)
        neighbour[e1] = neighbour[e3] = -1
        change -= _closed_by(first, neighbour, share, b, d)
        neighbour[e2] = neighbour[e4] = -1
        change += _closed_by(first, neighbour, share, a, b)
        neighbour[e1], neighbour[e2] = b, a
        change += _closed_by(first, neighbour, share, c, d)
        if change >= -1e-12:
            neighbour[e3], neighbour[e4] = d, c
            total += change
        else:
            neighbour[e1], neighbour[e2], neighbour[e3], neighbour[e4] = c, d, a, b
    return total


@kernel
def density_of_neighbours(first, neighbour, share, out):
    """Fill ``out`` with the share of each position's pairs of neighbours that are tied; return the sum."""
    total = 0.0
    for i in range(first.size - 1):
        found = 0.0
        for e in range(first[i], first[i + 1]):
            for f in range(e + 1, first[i + 1]):
                if _position_of(first, neighbour, neighbour[e], neighbour[f]) >= 0:
                    found += share[i]
        out[i] = found
        total += found
    return total


@kernel
def _move(p, person, instead, skip, sign, who, first, neighbour, kind, trait, size, offset, count, wanted, scale):
    """Add (or take away) the ties that a person has at position p from the counts; return the change of misfit.

    Traits that the person shares with the one ``instead`` of whom, or in whose stead, she is there change nothing.
    """
    change = 0.0
    for e in range(first[p], first[p + 1]):
        w = neighbour[e]
        if w == skip:
            continue
        for m in range(trait.shape[0]):
            a, b = trait[m, person], trait[m, who[w]]
            if a < 0 or b < 0 or a == trait[m, instead]:
                continue
            if a > b:
                a, b = b, a
            cell = offset[kind[e], m] + a * size[m] + b
            before = count[cell] - wanted[cell]
            count[cell] += sign
            after = before + sign
            change += (after * after - before * before) * scale[cell]
    return change


@kernel
def _misfit(size, offset, count, wanted):
    """Return the greatest share, over traits, of ties that join other values than wanted."""
    greatest = 0.0
    for m in range(size.size):
        apart, every = 0.0, 0.0
        for k in range(offset.shape[0]):
            for cell in range(offset[k, m], offset[k, m] + size[m] * size[m]):
                apart += abs(count[cell] - wanted[cell])
                every += wanted[cell]
        if apart > 2.0 * every * greatest and every > 0.0:
            greatest = apart / (2.0 * every)
    return greatest


@kernel
def place_people(
    key,
    first,
    neighbour,
    kind,
    who,
    members,
    class_of,
    class_first,
    trait,
    size,
    offset,
    count,
    wanted,
    scale,
    heat,
    enough,
    rounds,
):
    """Exchange people between positions of the same kind until ties join the traits that they should.

    Parameters
    ----------
    key
        Key of the draws.
    first, neighbour, kind
        The ties between positions.
    who
        Person at each position; changed.
    members, class_of, class_first
        Positions sorted by class (of those that may be exchanged), each one's class, and where each class begins.
    trait
        Trait of each person, -1 where it is not known, shape (traits, people).
    size, offset
        Values of each trait, and where the counts of a kind of tie and trait begin.
    count, wanted, scale
        Ties by kind and pair of traits (the smaller first), how many there should be, and the weight of a difference;
        ``count`` is changed.
    heat
        How much worse the misfit may become with chance 1/e in the first round; it falls to nothing over two thirds of
        the rounds (simulated annealing: at once downhill, clusters of people alike block each other).
    enough
        Share of the ties of a trait that may join other values than wanted: with less of every trait it ends.
    rounds
        Greatest number of rounds over all positions; it ends before where nothing more is gained.

    Returns
    -------
    rounds
        How many rounds there were.

    """
    for turn in range(rounds):
        moved = 0
        left = 1.0 - 1.5 * turn / rounds
        warmth = heat * left * left if left > 0.0 else 0.0
        for p in range(who.size):
            begin, end = class_first[class_of[p]], class_first[class_of[p] + 1]
            if end - begin < 2 or first[p + 1] == first[p]:
                continue
            q = members[begin + np.int64(uniform(key, uint64(p), uint64(turn)) * (end - begin))]
            one, other = who[p], who[q]
            if p == q or one == other:
                continue
            change = _move(p, one, other, q, -1, who, first, neighbour, kind, trait, size, offset, count, wanted, scale)
            change += _move(
                q, other, one, p, -1, who, first, neighbour, kind, trait, size, offset, count, wanted, scale
            )
            change += _move(p, other, one, q, 1, who, first, neighbour, kind, trait, size, offset, count, wanted, scale)
            change += _move(q, one, other, p, 1, who, first, neighbour, kind, trait, size, offset, count, wanted, scale)
            if change < -1e-9 or (
                warmth > 0.0 and uniform(key, uint64(p), uint64(turn + rounds)) < math.exp(-change / warmth)
            ):
                who[p], who[q] = other, one
                moved += 1
                continue
            _move(p, other, one, q, -1, who, first, neighbour, kind, trait, size, offset, count, wanted, scale)
            _move(q, one, other, p, -1, who, first, neighbour, kind, trait, size, offset, count, wanted, scale)
            _move(p, one, other, q, 1, who, first, neighbour, kind, trait, size, offset, count, wanted, scale)
            _move(q, other, one, p, 1, who, first, neighbour, kind, trait, size, offset, count, wanted, scale)
        if _misfit(size, offset, count, wanted) < enough or (warmth == 0.0 and moved * 1000 < who.size):
            return turn + 1
    return rounds
