"""Dormant ties that participants take up again: which, with which chance, as what."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from still import simulate
from worlds import play, world

from sim.community.places import Place
from sim.errors import InputError
from sim.interventions.effects import Reactivate
from sim.interventions.spec import Choose, Intervention, Runs, Spread
from sim.measures import values_of
from sim.rng import Draws


def mapping(effect, *, name="mapping", choose=None, runs=None):
    return Intervention(
        name, choose=choose or Choose(), runs=runs or Runs(), effects=(effect,), spread=Spread(talk=False)
    )  # fmt: skip


def lapsed(made, edges, week=0):
    """End some ties so that they are dormant; return the community."""
    pairs = np.array(sorted(edges), np.int32).reshape(-1, 2)
    assert made.ties.part(pairs[:, 0], pairs[:, 1], week).all()
    return made


def ties_of(community):
    pairs = community.ties.pairs()
    return {
        (int(a), int(b)): (community.ties.kinds[k], float(w), int(p), int(m))
        for a, b, k, w, p, m in zip(
            pairs["one"], pairs["other"], pairs["kind"], pairs["strength"], pairs["place"], pairs["maker"], strict=True
        )
    }


def slow_taken(before, gone, joined, number, chance, community, seed, kind=""):
    """Each participant lists her dormant ties, the strongest first, and turns to some; each is taken up by its lot."""

    def luck(pair):
        one, other = (community.identity[[i]] for i in pair)
        return Draws(seed).stream("mapping: 0 reactivate: chance").pair_uniform(other, one)[0]

    turned = set()
    for who in joined:
        mine = [pair for pair in gone if who in pair and (not kind or before[pair][0] == kind)]
        turned |= set(sorted(mine, key=lambda pair: (-before[pair][1], luck(pair)))[:number])
    return {pair for pair in turned if luck(pair) < chance}


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 300), number=st.integers(1, 4), chance=st.sampled_from([0.0, 0.4, 1.0]),
    kind=st.sampled_from(["", "friend", "group"]),
)  # fmt: skip
def test_what_is_taken_up_equals_a_slow_form(make_community, seed, number, chance, kind):
    made = make_community(30, 150, seed % 5)
    before = ties_of(made)
    gone = {pair for k, pair in enumerate(sorted(before)) if k % 2}
    lapsed(made, gone)
    item = mapping(Reactivate(number, chance, kind), choose=Choose("random", number=12), runs=Runs(places=4, length=2))
    simulation = simulate(made, interventions=[item], seed=seed)
    left, expected = set(gone), set(before) - gone
    for week in range(1, 8):
        play(simulation, 1)
        joined = np.flatnonzero(simulation.community.participation["mapping"].joined == week).tolist()
        taken = slow_taken(before, left, joined, number, chance, made, seed, kind)
        left, expected = left - taken, expected | taken
        assert ties_of(simulation.community) == {pair: before[pair] for pair in expected}


def test_each_tie_comes_back_at_its_chance():
    size = 6000
    made = lapsed(world(2 * size, [(2 * i, 2 * i + 1) for i in range(size)], strength=0.6), [
        (2 * i, 2 * i + 1) for i in range(size)])  # fmt: skip
    assert made.ties.count == 0
    simulation = play(simulate(made, interventions=[mapping(Reactivate(1, 0.3))]), 3)
    assert abs(simulation.community.ties.count / size - 0.3) <= 4 * math.sqrt(0.3 * 0.7 / size)
    assert set(ties_of(simulation.community).values()) == {("friend", 0.6, -1, -1)}


def test_the_closest_come_first():
    made = world(5, [(0, 1), (0, 2), (0, 3), (0, 4)], strength=[0.2, 0.9, 0.5, 0.4], lived=[0])
    lapsed(made, [(0, 1), (0, 2), (0, 3), (0, 4)])
    for number, back in ((1, {2}), (2, {2, 3}), (3, {2, 3, 4}), (9, {1, 2, 3, 4})):
        item = mapping(Reactivate(number, 1.0), choose=Choose("lived_experience", number=1))
        simulation = play(simulate(made.copy(), interventions=[item]), 1)
        assert {other for _, other in ties_of(simulation.community)} == back


def test_without_dormant_ties_nothing_happens_to_the_bit(make_community):
    made = make_community()
    still, idle = (play(simulate(made.copy(), interventions=i), 10) for i in ([], [mapping(Reactivate(3, 1.0))]))
    assert ties_of(still.community) == ties_of(idle.community)
    for name in ("stigma", "self_stigma", "loneliness"):
        assert np.array_equal(still.community.observed(name), idle.community.observed(name))


def test_who_does_not_take_part_takes_up_nothing():
    made = lapsed(world(4, [(0, 1), (2, 3)], lived=[0]), [(0, 1), (2, 3)])
    item = mapping(Reactivate(2, 1.0), choose=Choose("lived_experience", number=1))
    assert set(ties_of(play(simulate(made, interventions=[item]), 5).community)) == {(0, 1)}


@pytest.mark.parametrize(("is_open", "back"), [(True, {(0, 1), (2, 3)}), (False, {(2, 3)})])
def test_ties_of_a_place_come_back_only_where_it_is_open(is_open, back):
    made = world(4, [(0, 1), (2, 3)], kinds=["group", "group"])
    made.places.items.append(Place("hub", "hub", np.ones(4, bool), open=is_open))
    entries = made.ties.entries()
    made.ties.place[entries[made.ties.rows() < 2]] = 0
    lapsed(made, [(0, 1), (2, 3)])
    simulation = play(simulate(made, interventions=[mapping(Reactivate(2, 1.0))]), 2)
    found = ties_of(simulation.community)
    assert set(found) == back
    assert all(place == (0 if pair == (0, 1) else -1) for pair, (_, _, place, _) in found.items())


def test_what_comes_back_supports_both_and_eases_loneliness():
    made = lapsed(world(3, [(0, 1), (1, 2)], loneliness=0.5), [(0, 1)])
    still, mapped = (play(simulate(made.copy(), interventions=i), 20) for i in ([], [mapping(Reactivate(1, 1.0))]))
    support, lonely = (
        values_of(name, mapped.look)[0] - values_of(name, still.look)[0] for name in ("support", "loneliness")
    )
    assert support == pytest.approx([1.0, 1.0, 0.0])
    assert (lonely[:2] < -0.01).all()


def test_the_same_ties_come_back_in_every_scenario():
    edges = [(i, j) for i in range(20) for j in range(i) if (i * j) % 3 == 1]

    def back(item, *others):
        made = lapsed(world(20, edges), edges)
        return set(ties_of(play(simulate(made, interventions=[item, *others]), 5).community))

    edges = sorted({tuple(sorted(edge)) for edge in edges})
    beside = Intervention("a club", choose=Choose("random", number=9))
    usual = back(mapping(Reactivate(9, 0.4)))
    assert usual == back(mapping(Reactivate(9, 0.4)), beside) == back(mapping(Reactivate(9, 0.4), runs=Runs(start=4)))
    assert set() < usual < back(mapping(Reactivate(9, 0.7)))


@pytest.mark.parametrize(
    ("setting", "words"),
    [({"number": 0}, "number must be at least 1"), ({"chance": 1.2}, "chance must be from 0 to 1")],
)
def test_settings_out_of_range_are_refused(setting, words):
    with pytest.raises(ValueError, match=words):
        Reactivate(**setting)


def test_a_kind_that_is_not_there_is_refused_with_a_suggestion():
    with pytest.raises(InputError, match="did you mean 'friend'"):
        simulate(world(3, []), interventions=[mapping(Reactivate(kind="freind"))])
