"""Rewiring a network until its mixing and clustering are as wanted, without changing anybody's number of ties."""

from __future__ import annotations

import math

import numpy as np
from numba import uint64

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform


@kernel
def _common(a, b, first, neighbour, stamp, mark):
    """Return how many neighbours two residents have in common; ``mark`` must be new."""
    for e in range(first[a], first[a + 1]):
        stamp[neighbour[e]] = mark
    count = 0
    for e in range(first[b], first[b + 1]):
        if stamp[neighbour[e]] == mark:
            count += 1
    return count


@kernel
def _entry_of(a, b, first, neighbour):
    """Return where ``b`` stands in the row of ``a``, -1 if the two are not tied."""
    for e in range(first[a], first[a + 1]):
        if neighbour[e] == b:
            return e
    return -1


@kernel
def _change(group, offset, width, wanted, weight, count, a, b, by):
    """Count a tie more (``by`` 1) or less (-1) in the table of each attribute; return by how much the misfit grows.

    The tables stand one after the other in ``count``; cells are counted once a tie, in the triangle with row <= column.
    """
    grows = 0.0
    for k in range(offset.size):
        g, h = group[k, a], group[k, b]
        if g > h:
            g, h = h, g
        at = offset[k] + g * width[k] + h
        before = count[at] - wanted[at]
        count[at] += by
        after = count[at] - wanted[at]
        grows += weight[at] * (after * after - before * before)
    return grows


@kernel
def rewire(
    key, begin, proposals, heat, first, neighbour, owner, by_block, block_first, block,
    group, offset, width, wanted, weight, count, triangles, triangles_wanted, triangle_weight, stamp, marks,
):  # fmt: skip
    """Propose exchanges of partners between two ties and keep those that bring the network nearer to what is wanted.

    Ties a-b and c-d become a-d and c-b. Half of the proposals choose both ties at random within a block, half choose
    c and d such that a-d closes a triangle. The misfit is the weighted sum of squared differences of counts.

    Parameters
    ----------
    key
        Key of the draws; proposal p draws at counter (p, number of the draw).
    begin, proposals
        Number of the first proposal, and how many.
    heat
        Growth of the misfit that is still kept with chance 1/e; 0 for none.
    first, neighbour
        Rows of neighbours, in any order; changed in place. Their lengths stay.
    owner
        Resident of each entry.
    by_block, block_first, block
        Entries ordered by their owner's block, where each block begins, and each resident's block.
    group, offset, width
        Codes of each attribute, shape (attributes, residents); where each attribute's table begins, and its width.
    wanted, weight, count
        Wanted and present number of ties in each cell, and the weight of a squared difference; ``count`` is changed.
    triangles, triangles_wanted, triangle_weight
        Triangles now, wanted, and the weight of a squared difference.
    stamp, marks
        Work space of one number a resident, and a counter that has never been in it.

    Returns
    -------
    triangles, misfit, marks
        Triangles at the end, by how much the misfit has changed, and the counter.

    """
    entries = neighbour.size
    changed = 0.0
    for p in range(begin, begin + proposals):
        counter = uint64(p)
        e = min(entries - 1, int(uniform(key, counter, uint64(0)) * entries))
        a, b = owner[e], neighbour[e]
        second = uniform(key, counter, uint64(1))
        if p & 1:
            low, high = block_first[block[a]], block_first[block[a] + 1]
            f = by_block[min(high - 1, low + int(second * (high - low)))]
            c, d = owner[f], neighbour[f]
        else:  # d: a neighbour of another neighbour of a, so that a-d closes a triangle
            between = neighbour[first[a] + min(first[a + 1] - first[a] - 1, int(second * (first[a + 1] - first[a])))]
            third = uniform(key, counter, uint64(2))
            d = neighbour[
                first[between]
                + min(first[between + 1] - first[between] - 1, int(third * (first[between + 1] - first[between])))
            ]
            fourth = uniform(key, counter, uint64(3))
            f = first[d] + min(first[d + 1] - first[d] - 1, int(fourth * (first[d + 1] - first[d])))
            c = neighbour[f]
            if between == b or c == between:
                continue
        if a in (c, d) or b in (c, d):
            continue
        if _entry_of(a, d, first, neighbour) >= 0 or _entry_of(c, b, first, neighbour) >= 0:
            continue
        old = _common(a, b, first, neighbour, stamp, marks) + _common(c, d, first, neighbour, stamp, marks + 1)
        ab, ba = _entry_of(a, b, first, neighbour), _entry_of(b, a, first, neighbour)
        cd, dc = _entry_of(c, d, first, neighbour), _entry_of(d, c, first, neighbour)
        neighbour[ab], neighbour[ba], neighbour[cd], neighbour[dc] = d, c, b, a
        new = _common(a, d, first, neighbour, stamp, marks + 2) + _common(c, b, first, neighbour, stamp, marks + 3)
        marks += 4
        grows = _change(group, offset, width, wanted, weight, count, a, b, -1)
        grows += _change(group, offset, width, wanted, weight, count, c, d, -1)
        grows += _change(group, offset, width, wanted, weight, count, a, d, 1)
        grows += _change(group, offset, width, wanted, weight, count, c, b, 1)
        before, after = triangles - triangles_wanted, triangles + new - old - triangles_wanted
        grows += triangle_weight * (after * after - before * before)
        kept = grows <= 0.0
        if not kept and heat > 0.0:
            kept = uniform(key, counter, uint64(4)) < math.exp(-grows / heat)
        if kept:
            triangles += new - old
            changed += grows
            continue
        neighbour[ab], neighbour[ba], neighbour[cd], neighbour[dc] = b, a, d, c
        _change(group, offset, width, wanted, weight, count, a, d, -1)
        _change(group, offset, width, wanted, weight, count, c, b, -1)
        _change(group, offset, width, wanted, weight, count, a, b, 1)
        _change(group, offset, width, wanted, weight, count, c, d, 1)
    return triangles, changed, marks


@kernel
def largest_part(first, neighbour, label, queue):
    """Return how many residents the largest connected part has."""
    label[:] = -1
    largest = 0
    for i in range(label.size):
        if label[i] >= 0:
            continue
        label[i] = i
        queue[0] = i
        head, tail = 0, 1
        while head < tail:
            at = queue[head]
            head += 1
            for e in range(first[at], first[at + 1]):
                other = neighbour[e]
                if label[other] < 0:
                    label[other] = i
                    queue[tail] = other
                    tail += 1
        largest = max(largest, tail)
    return largest


@kernel
def count_triangles(first, neighbour, stamp, marks):
    """Return how many triangles there are, and the next mark that has not been used."""
    total = 0
    for a in range(first.size - 1):
        marks += 1
        for e in range(first[a], first[a + 1]):
            stamp[neighbour[e]] = marks
        for e in range(first[a], first[a + 1]):
            b = neighbour[e]
            if b > a:
                for f in range(first[b], first[b + 1]):
                    if neighbour[f] > b and stamp[neighbour[f]] == marks:
                        total += 1
    return total, marks + 1


@kernel
def fill_rows(one, other, first, neighbour):
    """Write pairs into rows; ``first`` must hold where each row begins. Allocates a cursor a resident."""
    cursor = np.zeros(first.size - 1, np.int64)
    for t in range(one.size):
        a, b = one[t], other[t]
        neighbour[first[a] + cursor[a]] = b
        neighbour[first[b] + cursor[b]] = a
        cursor[a] += 1
        cursor[b] += 1
