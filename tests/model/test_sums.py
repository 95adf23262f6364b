"""The layout of the week's pass: every sum that is asked for is the one that comes, in one pass or several."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.sums import Sums
from sim.rules import Sum

RESIDENTS = 40


def sums_of(community, asked):
    """Take some sums of columns ``c0``, ``c1`` ... that hold the resident's number times the column's number."""

    def values(name):
        return np.arange(RESIDENTS) * (1.0 + int(name[1:])) if name[0] == "c" else community.observed(name)

    found = Sums(asked, community)
    found.take(community, {}, values, anew=True)
    return found


def slow(community, item):
    """Return one sum, one tie after the other; everything is lived in full, and weights of all kinds are looked up."""
    ties = community.ties
    weights = Sums({Sum("strength")}, community)
    weights.sum_up(community)
    influence, support = weights._weights
    out = np.zeros(RESIDENTS)
    for i in range(RESIDENTS):
        for e in range(ties.start[i], ties.start[i] + ties.length[i]):
            j, w = int(ties.neighbour[e]), ties.strength[e]
            factor = {
                "strength": w, "influence": w * influence[ties.kind[e]],
                "support": w * support[ties.kind[e]] * 1.0 if ties.supports[e] else 0.0, "count": 1.0,
            }[item.weight]  # fmt: skip
            x = 1.0 if item.column == "one" else float(j) * (1.0 + int(item.column[1:]))
            out[i] += factor * x
    return out


@pytest.mark.parametrize("columns", [(3, 1, 0, 1), (4, 1, 0, 1), (6, 3, 1, 2), (14, 4, 2, 5)])
def test_every_sum_is_the_one_that_was_asked_for(make_community, columns):
    community = make_community(RESIDENTS, 150, 2)
    community.columns["disclosed"].values[:] = False
    asked = {Sum("strength"), Sum("influence"), Sum("support"), Sum("count")}
    for weight, number in zip(("strength", "influence", "support", "count"), columns, strict=True):
        asked |= {Sum(weight, f"c{place}") for place in range(number)}
    found = sums_of(community, asked)
    assert set(found.named) == asked
    for item in asked:
        assert np.array_equal(found.named[item], slow(community, item)), item


def test_few_columns_take_one_cache_line_and_more_take_two(make_community):
    community = make_community(RESIDENTS, 150, 2)
    few = {Sum("strength", f"c{place}") for place in range(3)}
    assert Sums(few, community).layout.width == 8
    assert Sums({*few, Sum("strength", "c3")}, community).layout.width == 16
    assert Sums({Sum("confidence", "stigma", 0.3)}, community).layout.width == 16
    assert Sums({Sum("confidence", "stigma")}, community).layout.width == 8


def test_two_bounds_at_once_are_refused(make_community):
    asked = {Sum("confidence", "stigma", 0.3), Sum("confidence", "stigma", 0.4)}
    with pytest.raises(ValueError, match="one bound"):
        Sums(asked, make_community(RESIDENTS, 150, 2))


def test_a_column_that_was_changed_by_hand_is_read_again_when_told(make_community):
    community = make_community(RESIDENTS, 150, 2)
    held = {"c0": np.ones(RESIDENTS)}
    found = Sums({Sum("count", "c0")}, community)
    found.take(community, {}, lambda name: held[name], anew=True)
    assert np.array_equal(found.named[Sum("count", "c0")], community.ties.length)
    held["c0"][:] = 2.0
    found.take(community, {}, lambda name: held[name], anew=True)
    assert np.array_equal(found.named[Sum("count", "c0")], 2 * community.ties.length)
    held["c0"] = np.full(RESIDENTS, 3.0)
    found.take(community, {}, lambda name: held[name], anew=False)
    assert np.array_equal(found.named[Sum("count", "c0")], 3 * community.ties.length)
