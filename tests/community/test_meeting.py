"""Who meets whom and who accepts: space that is too small, order by luck, and free slots found as bits of words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from worlds import world

from sim.community.columns import Column
from sim.community.meeting import Meeting, Space
from sim.community.places import Place
from sim.compiled.accepting import _in_order
from sim.compiled.bits import count_bits, greater_of_64, lowest_bit, without_lowest_bit
from sim.rng import Draws

RESIDENTS = 130
WEIGHTS = np.array([4.0, 2.0, 3.0, 6.0])


def town():
    """Return people in two areas and a place, each tied to a few, with free slots of every kind."""
    ties = [(i, (i * 7 + step) % RESIDENTS) for i in range(RESIDENTS) for step in (1, 2, 3)]
    community = world(RESIDENTS, [pair for pair in ties if pair[0] < pair[1]])
    community.columns.put(Column("area", np.arange(RESIDENTS) % 2, categories=("north", "south")))
    community.places.items.append(Place("hub", "hub", np.arange(RESIDENTS) % 3 == 0))
    slots = np.zeros((RESIDENTS, len(community.ties.kinds)), np.int32)
    slots[:] = np.arange(slots.size).reshape(slots.shape) % 3
    return community, slots


def search(meeting, community, slots, week=1, chance=0.5):
    return meeting.find(community, (Draws(5), week), slots, np.zeros_like(slots), chance, WEIGHTS, 0).copy()


def test_space_that_is_too_small_grows_and_changes_nothing(monkeypatch):
    community, slots = town()
    wanted = search(Meeting.of(community, 40), community, slots)
    assert wanted.shape[1] > 50
    grown = []
    grow = Space.grow
    monkeypatch.setattr("sim.community.meeting._AT_FIRST", (1, 1, 1))
    monkeypatch.setattr(Space, "grow", lambda space: (grown.append(space.needed.tolist()), grow(space)))
    meeting = Meeting.of(community, 40)
    assert np.array_equal(search(meeting, community, slots), wanted)
    assert [sum(number > 0 for number in needed) for needed in grown] == [1, 2]  # for seekers, for notes of their lists
    grown.clear()
    space = meeting._space
    space.met, space.pairs, space.weighed = (
        space.met[:, :9].copy(),
        space.pairs[:, :9].copy(),
        space.weighed[:, :9].copy(),
    )
    assert np.array_equal(search(meeting, community, slots), wanted)
    assert len(grown) == 1  # for those whom one of them can meet
    assert (space.row == -1).all()
    assert np.array_equal(search(meeting, community, slots), wanted)
    assert len(grown) == 1


def test_nobody_is_found_where_nothing_is_free():
    community, slots = town()
    meeting = Meeting.of(community, 40)
    found = search(meeting, community, np.zeros_like(slots))
    assert found.shape == (4, 0)
    nothing = meeting.accept(community, (Draws(5), 1), found, slots, slots.copy(), 0.5, (np.ones(1), np.arange(2)))
    assert [values.size for values in nothing] == [0] * 5


@pytest.mark.parametrize("week", [1, 2, 3])
def test_pairs_accept_in_the_order_of_their_luck_while_slots_are_free(week):
    """Against a loop over the pairs, sorted by their luck; slots are few, so that many find none left."""
    community, slots = town()
    meeting, draws = Meeting.of(community, 40), Draws(5)
    slots[:] = np.minimum(slots, 1)
    found = search(meeting, community, slots, week, chance=0.9)
    taken, expected, left = np.zeros_like(slots), [], slots.copy()
    strengths, first = np.linspace(0.1, 1.0, 4 * slots.shape[1]), 4 * np.arange(slots.shape[1] + 1)
    ids = community.identity
    lot, draw = (draws.stream(f"ties: {name}", week).pair_uniform(ids[found[0]], ids[found[1]])
                 for name in ("acceptance", "strength"))  # fmt: skip
    for t in np.argsort(lot, kind="stable"):
        i, j, k, place = found[:, t].tolist()
        if left[i, k] and left[j, k]:
            left[i, k] -= 1
            left[j, k] -= 1
            expected.append((i, j, k, place, strengths[4 * k + int(draw[t] * 4)]))
    accepted = meeting.accept(community, (draws, week), found, slots, taken, 0.0, (strengths, first))
    assert list(zip(*(values.tolist() for values in accepted), strict=True)) == expected
    assert np.array_equal(slots - taken, left)
    assert 10 < len(expected) < found.shape[1]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=40))
def test_equal_luck_keeps_the_order_of_pairs(luck):
    values = np.array(luck)
    order = np.empty(len(values), np.int64)
    in_order(len(values), values, order, np.empty_like(order))
    assert order.tolist() == np.argsort(values, kind="stable").tolist()


@njit
def in_order(size, values, order, other):
    """Reach what is compiled for other kernels only."""
    _in_order(size, values, order, other)


@njit
def greater(one, other, at, out):
    """Write down each bit that is set, the lowest first; return how many there are."""
    word = greater_of_64(one, other, at)
    count = count_bits(word)
    for t in range(count):
        out[t] = lowest_bit(word)
        word = without_lowest_bit(word)
    return count, word


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_bits_say_which_of_64_numbers_are_greater(share):
    lots = np.modf(np.arange(1, 201) * 0.7548776662)[0].reshape(50, 4)
    one, other = np.where(lots < share, 3, -3).astype(np.int32), np.zeros((50, 4), np.int32)
    other[::7] = 3
    for at in (0, 17, 136):
        out = np.empty(64, np.int64)
        count, rest = greater(one, other, at, out)
        wanted = np.flatnonzero((one > other).ravel()[at : at + 64]).tolist()
        assert (out[:count].tolist(), rest) == (wanted, 0)


def test_numbers_of_another_type_are_not_compared_as_bits():
    numbers = np.zeros(64, np.int64)
    with pytest.raises(Exception, match="a contiguous array of int32 is needed"):
        greater(numbers, numbers, 0, np.empty(64, np.int64))
