"""Shortest paths between residents drawn by luck."""

from __future__ import annotations

import numpy as np

from sim.compiled.caching import kernel
from sim.compiled.draws import uniform


@kernel
def count_on_paths(key, number, begin, end, first, neighbour, side, steps, ways, queue, meeting, out):
    """Add to ``out`` on how many of the drawn shortest paths from ``begin`` to ``end`` - 1 each resident lies.

    The ends of a path do not lie on it. Return how many entries (directions of a tie) those seen have.

    Each path joins two residents drawn by luck, and is drawn from all shortest ones between them, each as likely; where
    there is none, none is counted. The search goes out from both ends, a step at a time from where fewer ties lead on
    (Borassi & Natale 2016), so that it sees a small part of the network only.

    ``neighbour[first[i] : first[i + 1]]`` are resident i's neighbours. Draw k of path p has the counter
    (p, ``number`` + k). The arrays from ``side`` on are for working: ``side`` (all 0 before and after), ``steps``,
    ``ways`` one place a resident, ``queue`` two rows of them and one more, ``meeting`` two rows with a place for each
    entry.
    """
    residents = side.size
    looked = 0
    for p in range(begin, end):
        path = np.uint64(p)
        one = int(uniform(key, path, number) * residents)
        other = int(uniform(key, path, number + np.uint64(1)) * (residents - 1))
        if other >= one:
            other += 1
        found, met = _meet(first, neighbour, one, other, side, steps, ways, queue, meeting)
        if met > 0:
            luck = uniform(key, path, number + np.uint64(2)) * found
            m = 0
            while m < met - 1:
                luck -= ways[meeting[0, m]] * ways[meeting[1, m]]
                if luck < 0.0:
                    break
                m += 1
            draw = np.uint64(3)
            for half in range(2):
                i = meeting[half, m]
                while steps[i] > 0:
                    out[i] += 1.0
                    luck = uniform(key, path, number + draw) * ways[i]
                    draw += np.uint64(1)
                    i = _one_before(first, neighbour, i, luck, side, steps, ways)
        for half in range(2):
            k = 0
            while queue[half, k] >= 0:
                i = queue[half, k]
                side[i] = 0
                looked += first[i + 1] - first[i]
                k += 1
    return looked


@kernel
def _meet(first, neighbour, one, other, side, steps, ways, queue, meeting):
    """Search from two residents until the searches meet; return how many shortest paths there are, and where they meet.

    ``meeting[:, m]`` are the ends of tie m on which they meet, on either of the two sides in any order. ``queue[s]``
    lists whom side s has seen, and ends with -1.
    """
    for s, i in ((0, one), (1, other)):
        side[i], steps[i], ways[i], queue[s, 0] = s + 1, 0, 1.0, i
    begin0, end0, begin1, end1 = 0, 1, 0, 1
    reach0, reach1 = first[one + 1] - first[one], first[other + 1] - first[other]
    found, met = 0.0, 0
    while met == 0 and begin0 < end0 and begin1 < end1:
        s = 0 if reach0 <= reach1 else 1
        begin, end = (begin0, end0) if s == 0 else (begin1, end1)
        tail, reach = end, 0
        for k in range(begin, end):
            i = queue[s, k]
            for e in range(first[i], first[i + 1]):
                j = neighbour[e]
                if side[j] == 0:
                    side[j], steps[j], ways[j] = s + 1, steps[i] + 1, ways[i]
                    queue[s, tail] = j
                    tail += 1
                    reach += first[j + 1] - first[j]
                elif side[j] != s + 1:
                    meeting[0, met], meeting[1, met] = i, j
                    met += 1
                    found += ways[i] * ways[j]
                elif steps[j] == steps[i] + 1:
                    ways[j] += ways[i]
        if s == 0:
            begin0, end0, reach0 = end, tail, reach
        else:
            begin1, end1, reach1 = end, tail, reach
    queue[0, end0] = -1
    queue[1, end1] = -1
    return found, met


@kernel
def _one_before(first, neighbour, i, luck, side, steps, ways):
    """Return the neighbour one step nearer to the end of i's side on which a path drawn by luck goes on."""
    before = i
    for e in range(first[i], first[i + 1]):
        j = neighbour[e]
        if side[j] == side[i] and steps[j] == steps[i] - 1:
            before = j
            luck -= ways[j]
            if luck < 0.0:
                break
    return before
