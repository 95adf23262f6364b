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
