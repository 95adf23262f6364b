"""Ending ties of a kind, of participants or of everybody, by a lot that belongs to the pair."""

from __future__ import annotations

import math

import numpy as np
import pytest
from worlds import play, simulate

from sim.errors import InputError
from sim.interventions.effects.end_ties import EndTies
from sim.interventions.spec import Choose, Intervention, Runs, Spread
from sim.rng import Draws


def ending(effect, *, name="moving", choose=None, runs=None):
    return Intervention(
        name, choose=choose or Choose("nobody"), runs=runs or Runs(), effects=(effect,), spread=Spread(talk=False)
    )


def ties_of(community):
    pairs = community.ties.pairs()
    return {
        (int(a), int(b)): (community.ties.kinds[k], float(w))
        for a, b, k, w in zip(pairs["one"], pairs["other"], pairs["kind"], pairs["strength"], strict=True)
    }


def luck_of(community, pair, rule, seed=1):
    one, other = (community.identity[[i]] for i in pair)
    return Draws(seed).stream(rule).pair_uniform(other, one)[0]


@pytest.mark.parametrize("share", [0.0, 0.35, 1.0])
@pytest.mark.parametrize("kind", ["neighbour", "friend"])
def test_everybody_s_ties_of_the_kind_end_by_lot_in_the_first_week(make_community, share, kind):
    made = make_community(residents=80, ties=600)
    before = ties_of(made)
    simulation = simulate(made.copy(), interventions=[ending(EndTies(kind, share, "everyone"), runs=Runs(start=2))])
    assert ties_of(play(simulation, 1).community) == before
    rule = "moving: 0 end_ties"
    expected = {
        pair: what for pair, what in before.items()
        if what[0] != kind or luck_of(made, pair, rule) >= share
    }  # fmt: skip
    assert ties_of(play(simulation, 1).community) == expected
    assert abs((len(before) - len(expected)) / 120 - share) <= 4 * math.sqrt(share * (1 - share) / 120)
    assert ties_of(play(simulation, 5).community) == expected


def test_only_ties_of_those_who_join_end_and_in_the_week_of_joining(make_community):
    made = make_community(residents=60, ties=400)
    before = ties_of(made)
    runs = Runs(places=4, length=2)
    item = ending(EndTies("group", 0.6), choose=Choose("random", number=16), runs=runs)
    simulation = simulate(made.copy(), interventions=[item])
    for week in range(1, 12):
        play(simulation, 1)
        joined = simulation.community.participation["moving"].joined
        expected = {
            pair: what for pair, what in before.items()
            if what[0] != "group" or min(joined[pair[0]], joined[pair[1]]) > week
            or luck_of(made, pair, "moving: 0 end_ties") >= 0.6
        }  # fmt: skip
        assert ties_of(simulation.community) == expected
    assert len(before) - len(expected) > 10


def test_a_tie_between_two_who_join_has_one_lot_not_two(make_community):
    """Everybody joins, at different weeks: each tie still ends with its own chance, not with 1 - (1 - share)^2."""
    made = make_community(residents=150, ties=3000, one_kind=True)
    item = ending(EndTies("friend", 0.4), choose=Choose(), runs=Runs(places=15, length=1))
    simulation = play(simulate(made.copy(), interventions=[item]), 12)
    assert simulation.community.participation["moving"].ever().all()
    assert abs(simulation.community.ties.count / 3000 - 0.6) < 4 * math.sqrt(0.24 / 3000)


def test_the_same_ties_end_in_every_scenario(make_community):
    made = make_community(residents=80, ties=600)
    effect = EndTies("friend", 0.5, "everyone")
    beside = Intervention("a club", choose=Choose("random", number=9))
    usual = ties_of(play(simulate(made.copy(), interventions=[ending(effect)]), 5).community)
    with_other = ties_of(play(simulate(made.copy(), interventions=[beside, ending(effect)]), 5).community)
    later = ties_of(play(simulate(made.copy(), interventions=[ending(effect, runs=Runs(start=5))]), 5).community)
    more = ties_of(play(simulate(made.copy(), interventions=[ending(EndTies("friend", 0.8, "everyone"))]), 5).community)
    assert usual == with_other == later
    assert set(more) < set(usual) < set(ties_of(made))


def test_rows_stay_sorted_and_symmetric(make_community):
    made = make_community(residents=80, ties=600)
    simulation = play(simulate(made, interventions=[ending(EndTies("friend", 0.5, "everyone"))]), 2)
    ties = simulation.community.ties
    for i in range(80):
        row = ties.neighbours(i)
        assert (np.diff(row) > 0).all()
        assert all(i in ties.neighbours(int(j)) for j in row)


@pytest.mark.parametrize(("setting", "words"), [({}, "kind of tie"), ({"kind": "friend", "share": 1.2}, "0..1"),
                                                ({"kind": "friend", "share": -0.2}, "0..1")])  # fmt: skip
def test_settings_that_make_no_sense_are_refused(setting, words):
    with pytest.raises(ValueError, match=words):
        EndTies(**setting)


def test_a_kind_that_is_not_there_is_refused_with_a_suggestion(make_community):
    with pytest.raises(InputError) as refusal:
        simulate(make_community(), interventions=[ending(EndTies("freind"))])
    assert "did you mean 'friend'?" in str(refusal.value)
