"""Who gets to know whom at a place: a lot on a ring, against loops and against chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from still import simulate
from worlds import complete, world

from sim.interventions.effects.base import made_by, meet
from sim.rng import Draws


def week_of(community, seed=1):
    return simulate(community, seed=seed)._week_view()


def mask(size, who):
    return np.isin(np.arange(size), list(who))


def pairs_of(community, newcomers, members, number, seed=1):
    size = len(community)
    one, other = meet(mask(size, newcomers), mask(size, members), number, week_of(community, seed), "meeting: hub")
    assert one.dtype == other.dtype == np.int32
    return list(zip(one.tolist(), other.tolist(), strict=True))


def slow_meet(community, newcomers, members, number, seed):
    """Everybody has a spot on a circle; a newcomer looks from a point for the next member whom she does not know."""
    stream = Draws(seed).stream("meeting: hub")
    spot = {i: stream.uniform(community.identity[[i]], 0)[0] for i in range(len(community))}
    knows = {i: {i, *community.ties.neighbours(i).tolist()} for i in range(len(community))}
    found = []
    for turn in range(1, number + 1):
        for who in sorted(newcomers, key=spot.__getitem__):
            point = stream.uniform(community.identity[[who]], turn)[0]
            strangers = [m for m in members if m not in knows[who]]
            if strangers:
                met = min(strangers, key=lambda m: (spot[m] - point) % 1.0)
                found.append((who, met))
                knows[who].add(met)
                knows[met].add(who)
    return found


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 500), number=st.integers(0, 4), size=st.integers(1, 30), data=st.data())
def test_the_pairs_equal_a_slow_form(make_community, seed, number, size, data):
    community = make_community(30, 60, seed % 7)
    members = data.draw(st.sets(st.integers(0, 29), max_size=size))
    newcomers = data.draw(st.sets(st.sampled_from(sorted(members)))) if members else set()
    expected = slow_meet(community, newcomers, members, number, seed)
    assert pairs_of(community, newcomers, members, number, seed) == expected


def test_nobody_meets_herself_or_whom_she_knows_or_the_same_one_twice(make_community):
    community = make_community(40, 300)
    found = pairs_of(community, range(10), range(30), 5)
    assert len(found) == len({frozenset(pair) for pair in found}) == 50
    assert all(one != other and other not in community.ties.neighbours(one) for one, other in found)
    assert {one for one, _ in found} == set(range(10))


def test_where_everybody_is_known_or_nobody_is_there_nobody_is_met():
    assert pairs_of(world(6, complete(6)), range(6), range(6), 2) == []
    assert pairs_of(world(6, []), [2], [2], 3) == []
    assert pairs_of(world(6, []), [], range(6), 3) == []
    assert pairs_of(world(6, []), [0], range(6), 9) == [(0, k) for _, k in pairs_of(world(6, []), [0], range(6), 5)]


def test_every_member_is_as_likely_to_be_met():
    runs, members = 600, 12
    counts = np.zeros(members)
    community = world(members, [])
    for seed in range(runs):
        ((_, other),) = pairs_of(community, [5], range(members), 1, seed)
        counts[other] += 1
    chance = 1 / (members - 1)
    assert counts[5] == 0
    assert np.abs(np.delete(counts, 5) / runs - chance).max() < 4 * math.sqrt(chance * (1 - chance) / runs)


def test_one_member_more_changes_only_who_meets_her():
    community = world(200, [])
    few, more = (dict(pairs_of(community, range(100), range(upto), 1)) for upto in (150, 151))
    changed = {one for one in few if few[one] != more[one]}
    assert all(more[one] == 150 or few.get(more[one]) == one for one in changed)
    assert len(changed) < 10


def test_whose_tie_it_is_shows_in_who_made_it():
    ties = world(5, [(0, 1), (1, 2)]).ties
    ties.add([2, 0], [3, 4], 0.5, "group", maker=3)
    one, other = np.array([0, 2, 4, 1, 1], np.int32), np.array([1, 3, 0, 4, 2], np.int32)
    assert made_by(ties, one, other, 3).tolist() == [False, True, True, False, False]
    assert made_by(ties, one, other, -1).tolist() == [True, False, False, False, True]
    assert made_by(ties, one[:0], other[:0], 3).tolist() == []


@pytest.mark.parametrize("share", [0.1])
def test_newcomers_end_up_with_about_as_many_ties_each_way(share):
    """A newcomer meets two, and is met by as many of the others as there are newcomers to a member: no hub arises."""
    size = 2000
    found = pairs_of(world(size, []), range(int(share * size)), range(size), 2)
    met = np.bincount([other for _, other in found], minlength=size)
    assert met.sum() == 2 * share * size
    assert met.max() <= 8
