"""Rules of uptake: the reinforced chance against its closed form; the others in ``test_programme.py``."""

from __future__ import annotations

import math
from typing import get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import play, simulate, world

from sim.community.participation import NEVER, Status
from sim.interventions.spec import Choose, Intervention, Spread
from sim.interventions.uptake import LOOK_AT_CONTACTS, UPTAKE_RULES, chance_of_taking_up

CERTAIN = 60.0
MOST = 4
"""Greatest number of contacts in the stars below."""


def stars(each, spread):
    """Return a run in which centres of stars have 0 to 4 contacts who take part, and everybody knows from week 1 on."""
    size = MOST + 1
    edges, lived = [], []
    for star in range(each * size):
        leaves = star % size
        edges += [(star * size, star * size + k) for k in range(1, leaves + 1)]
        lived += [star * size + k for k in range(1, size)]
    made = world(each * size * size, edges, lived=lived)
    item = Intervention("club", choose=Choose("lived_experience", number=len(lived)), spread=spread)
    return simulate(made, interventions=[item])


def chance(base, odds, contacts):
    return 1 / (1 + (1 / base - 1) / odds**contacts)


def near(share, expected, size):
    return abs(share - expected) <= 4.5 * math.sqrt(expected * (1 - expected) / size)


def test_the_rules_are_those_that_a_file_can_name():
    assert set(get_args(get_type_hints(Spread)["rule"])) == set(UPTAKE_RULES)
    assert set(LOOK_AT_CONTACTS) < set(UPTAKE_RULES)


@pytest.mark.parametrize(("base", "odds"), [(0.05, 2.0), (0.2, 1.5), (0.01, 6.0)])
def test_the_reinforced_chance_is_logistic_in_contacts(base, odds):
    each = 3000
    simulation = stars(each, Spread(rule="reinforced", base_chance=base, contact_odds=odds, broadcast=CERTAIN))
    play(simulation, 2)
    joined = simulation.community.participation["club"].joined[:: MOST + 1].reshape(each, MOST + 1)
    for contacts in range(MOST + 1):
        first, free = joined[:, contacts] == 1, joined[:, contacts] != 1
        assert near(first.mean(), base, each)  # in the first week nobody has taken part yet
        second = joined[free, contacts] == 2
        assert near(second.mean(), chance(base, odds, contacts), free.sum()), contacts
    assert not near((joined[:, MOST] == 2).mean(), base, each)


def test_without_reinforcement_contacts_do_not_matter():
    each, base = 3000, 0.1
    simulation = stars(each, Spread(rule="reinforced", base_chance=base, contact_odds=1.0, broadcast=CERTAIN))
    play(simulation, 2)
    joined = simulation.community.participation["club"].joined[:: MOST + 1].reshape(each, MOST + 1)
    for contacts in range(MOST + 1):
        assert near((joined[:, contacts] == 2).mean(), base * (1 - base), each)


def test_those_who_keep_thinking_take_it_up_at_a_constant_chance():
    """Without contacts the week of uptake is geometric, and nobody who is willing declines."""
    n, base, uptake = 8000, 0.15, 0.7
    spread = Spread(rule="reinforced", base_chance=base, uptake=uptake, broadcast=CERTAIN, talk=False)
    simulation = simulate(world(n, []), interventions=[Intervention("club", choose=Choose("nobody"), spread=spread)])
    play(simulation, 6)
    state = simulation.community.participation["club"]
    assert near((state.status == Status.DECLINED).mean(), 1 - uptake, n)
    for week in range(1, 7):
        assert near((state.joined == week).mean(), uptake * base * (1 - base) ** (week - 1), n), week


def test_the_invited_need_no_persuasion():
    item = Intervention("club", choose=Choose("random", number=30), spread=Spread(rule="reinforced", base_chance=0.0))
    state = play(simulate(world(50, []), interventions=[item]), 5).community.participation["club"]
    assert (state.joined[state.offered] == 1).all()
    assert (state.joined[~state.offered] == NEVER).all()


@given(base=st.floats(0, 1), odds=st.floats(1, 1000), contacts=st.integers(0, 5000))
def test_the_chance_is_one_and_rises_with_contacts(base, odds, contacts):
    spread = Spread(rule="reinforced", base_chance=base, contact_odds=odds)
    fewer, more = chance_of_taking_up(spread, np.array([contacts, contacts + 1.0])).tolist()
    assert 0 <= fewer <= more <= 1
    assert chance_of_taking_up(spread, np.zeros(1))[0] == pytest.approx(base, abs=1e-12)


@pytest.mark.parametrize("setting", [{"base_chance": 1.2}, {"base_chance": -0.1}, {"contact_odds": 0.9}])
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(ValueError, match="must be"):
        Spread(rule="reinforced", **setting)
