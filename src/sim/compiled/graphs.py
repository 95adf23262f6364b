"""The shape of the network: distances, connected parts, triangles."""

from __future__ import annotations

import numpy as np

from sim.compiled.caching import kernel


@kernel
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


@kernel
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


@kernel
def triangles(start, length, neighbour, closed):
    """Fill ``closed`` with how many pairs of each resident's contacts have a tie themselves.

    Each triangle is met once, from its smallest resident, whose contacts are marked; rows are in ascending order.
    Allocates a mark for everybody.
    """
    closed[:] = 0
    marked = np.zeros(start.size, np.int64)
    for i in range(start.size):
        end = np.uint64(start[i] + length[i])
        for e in range(np.uint64(start[i]), end):
            marked[np.uint64(neighbour[e])] = 1
        for e in range(np.uint64(start[i]), end):
            j = neighbour[e]
            if j < i:
                continue
            found = 0
            f = np.uint64(start[j] + length[j])
            first = np.uint64(start[j])
            while f > first:
                f -= np.uint64(1)
                k = neighbour[f]
                if k <= j:
                    break
                both = marked[np.uint64(k)]  # 1 or 0: adding it costs less than asking
                found += both
                closed[np.uint64(k)] += both
            closed[i] += found
            closed[j] += found
        for e in range(np.uint64(start[i]), end):
            marked[np.uint64(neighbour[e])] = 0


@kernel
def count_other(start, length, kind, maker, other, made, out):
    """Fill ``out`` with how many ties each resident has of the kinds marked ``other``, made by interventions or not."""
    for i in range(start.size):
        found = 0
        for e in range(np.uint64(start[i]), np.uint64(start[i] + length[i])):
            found += other[kind[e]] and (maker[e] >= 0) == made
        out[i] = found
