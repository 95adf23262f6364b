"""Rows of ties: finding, adding and removing entries, each row in ascending order of neighbours."""

from __future__ import annotations

from sim.compiled.caching import kernel


@kernel
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


@kernel
def find_ties(start, length, neighbour, one, other, out):
    """Fill ``out`` with the place of each entry ``one -> other``, negative where there is no such tie."""
    for t in range(one.size):
        out[t] = find_tie(start, length, neighbour, one[t], other[t])


@kernel
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


@kernel
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


@kernel
def add_ties(
    begin, one, other, new_strength, new_kind, supports_one, supports_other, new_place, new_maker, added, end, start,
    length, room, due, counts, neighbour, strength, reference, kind, supports, place, maker, ending,
):  # fmt: skip
    """Insert ties in both rows, keeping rows in ascending order; skip self-ties and ties that are there.

    Return the pool's new end, and how many of the ties have been seen to: fewer than all where the pool has no space
    behind its end for two rows more. ``added`` says which ties are new; ``counts[kind, resident]`` goes up.
    """
    for t in range(begin, one.size):
        i, j = one[t], other[t]
        added[t] = False
        if i == j or find_tie(start, length, neighbour, i, j) >= 0:
            continue
        if end + 2 * room[i] + 2 * room[j] + 4 > neighbour.size:
            return end, t
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
                at, start[a] + length[a], b, new_strength[t], new_kind[t], s, new_place[t], new_maker[t], neighbour,
                strength, reference, kind, supports, place, maker, ending,
            )  # fmt: skip
            length[a] += 1
            due[a] = 0
            counts[new_kind[t], a] += 1
    return end, one.size


@kernel
def part_ties(
    one, other, removed, kept, old_kind, old_reference, old_place, start, length, due, counts, neighbour, strength,
    reference, kind, supports, place, maker, ending,
):  # fmt: skip
    """Take ties out of both rows; ``removed`` says which of them were there; ``counts[kind, resident]`` goes down.

    Return how many of them no intervention had made: ``kept`` is filled with their places in ``one``, and the arrays
    after it with what they were.
    """
    found = 0
    for t in range(one.size):
        removed[t] = False
        for direction in range(2):
            a, b = (one[t], other[t]) if direction == 0 else (other[t], one[t])
            at = find_tie(start, length, neighbour, a, b)
            if at < 0:
                break
            if direction == 0:
                removed[t] = True
                if maker[at] < 0:
                    kept[found], old_kind[found] = t, kind[at]
                    old_reference[found], old_place[found] = reference[at], place[at]
                    found += 1
            counts[kind[at], a] -= 1
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
    return found


@kernel
def count_by_kind(start, length, kind, out):
    """Fill ``out[i, kind]`` with the number of ties of each kind of each resident."""
    out[:] = 0
    for i in range(start.size):
        for e in range(start[i], start[i] + length[i]):
            out[i, kind[e]] += 1
