"""Measures of place in the network: betweenness, leading vector, communities."""

from __future__ import annotations

from sim.compiled.caching import kernel


@kernel
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


@kernel
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


@kernel
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
