"""Sums over residents, always in the same order."""

from __future__ import annotations

from sim.compiled.caching import kernel


@kernel
def total(values):
    """Return the sum of values: every eighth together, from the first to the last, then the eight in pairs."""
    whole = values.size - values.size % 8
    a = b = c = d = e = f = g = h = 0.0
    for i in range(0, whole, 8):
        a += values[i]
        b += values[i + 1]
        c += values[i + 2]
        d += values[i + 3]
        e += values[i + 4]
        f += values[i + 5]
        g += values[i + 6]
        h += values[i + 7]
    rest = 0.0
    for i in range(whole, values.size):
        rest += values[i]
    return (((a + b) + (c + d)) + ((e + f) + (g + h))) + rest


@kernel
def total_in_order(values):
    """Return the sum of values, taken from the first to the last: as sums of groups are."""
    result = 0.0
    for i in range(values.size):
        result += values[i]
    return result


@kernel
def add_by_group(values, group, sums, counts):
    """Add each value to its group's sum and count it; NaN values and negative groups are passed over."""
    for i in range(values.size):
        g = group[i]
        if g >= 0 and values[i] == values[i]:
            sums[g] += values[i]
            counts[g] += 1


@kernel
def add_by_groups(values, groups, sums):
    """Add each value to the sums of all groups that its resident is in, one row of ``groups`` a resident.

    Groups are numbered over all columns; negative ones are passed over.
    """
    for i in range(values.size):
        for column in range(groups.shape[1]):
            g = groups[i, column]
            if g >= 0:
                sums[g] += values[i]
