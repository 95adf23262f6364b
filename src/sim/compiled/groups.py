"""Sums over residents, taken from the first to the last."""

from __future__ import annotations

from sim.compiled.caching import kernel


@kernel
def total(values):
    """Return the sum of values, taken from the first to the last."""
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
    """Add each value to the sums of all groups that its resident is in, one row of ``groups`` a column of residents.

    Groups are numbered over all columns; negative ones are passed over.
    """
    for column in range(groups.shape[0]):
        for i in range(values.size):
            g = groups[column, i]
            if g >= 0:
                sums[g] += values[i]
