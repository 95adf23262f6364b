"""Disclosing: who, when, with which chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from still import simulate
from worlds import displace, play, world

from sim.community.columns import Column
from sim.errors import InputError
from sim.interventions.effects import Disclose
from sim.interventions.spec import Choose, Intervention, Runs, Spread
from sim.measures import values_of
from sim.mechanisms import Disclosure, Influence
from sim.rng import Draws


def peers(effect, *, name="peers", choose=None, runs=None):
    return Intervention(
        name, choose=choose or Choose("random", number=100), runs=runs or Runs(), effects=(effect,),
        spread=Spread(talk=False),
    )  # fmt: skip


def disclosed(simulation):
    return simulation.community.flag("disclosed")


def within(share, chance, size, errors=4.0):
    return abs(share - chance) <= errors * math.sqrt(chance * (1 - chance) / size)


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("when", ["joined", "completed"])
def test_those_concerned_disclose_once_by_lot(when, chance):
    made = world(200, [], lived=range(0, 200, 2), disclosed=range(0, 40, 2))
    runs = Runs(places=30, length=3, dropout=0.1)
    simulation = simulate(made, interventions=[peers(Disclose(chance, when), runs=runs)], seed=3)
    luck = Draws(3).stream("peers: 0 disclose: chance").uniform(made.identity)
    expected, state = disclosed(simulation).copy(), simulation.community.participation["peers"]
    for week in range(1, 25):
        play(simulation, 1)
        happened = state.joined == week if when == "joined" else (state.left == week) & (state.status == 4)
        expected |= happened & made.flag("lived_experience") & (luck < chance)
        assert np.array_equal(disclosed(simulation), expected)
    concerned = np.isin(np.arange(200), range(40, 200, 2)) & (state.ever() if when == "joined" else state.status == 4)
    assert concerned.sum() > 15
    assert within(disclosed(simulation)[concerned].mean(), chance, concerned.sum())


def test_in_every_week_of_taking_part_at_the_closed_form():
    size = 8000
    made = world(size, [], lived=range(size))
    simulation = simulate(made, interventions=[peers(Disclose(0.1, "each_week"), choose=Choose(), runs=Runs(length=6))])
    for week in range(1, 12):
        play(simulation, 1)
        weeks = min(week - 1, 6)  # what is there at the start of a week counts: from the week after joining on
        assert within(disclosed(simulation).mean(), 1 - 0.9**weeks, size)


def test_a_chance_of_one_is_certain_in_every_week():
    made = world(20, [], lived=range(20))
    simulation = simulate(made, interventions=[peers(Disclose(1.0, "each_week"), choose=Choose("random", number=7))])
    play(simulation, 2)
    assert np.array_equal(disclosed(simulation), simulation.community.participation["peers"].ever())


def test_stigma_that_is_met_makes_it_rarer_for_the_same_luck():
    reached = []
    for moved in (0.3, 0.0, -0.3):
        simulation = simulate(
            world(300, [], stigma=0.5, lived=range(300)), Influence(susceptibility=0.0, anchoring=0.0, recovery=0.0),
            Disclosure(ordinary=0.0), interventions=[peers(Disclose(0.05, "each_week"), choose=Choose())],
        )  # fmt: skip
        displace(simulation, "stigma", moved)
        reached.append(set(np.flatnonzero(disclosed(play(simulation, 12))).tolist()))
    assert reached[0] < reached[1] < reached[2]


def test_only_participants_with_lived_experience_disclose_and_contact_rises(make_community):
    made = make_community(100, 500)
    before = made.flag("disclosed").copy()
    still, helped = (
        play(simulate(made.copy(), interventions=i), 6)
        for i in ([], [peers(Disclose(1.0, "joined"), choose=Choose("random", number=40))])
    )
    new = disclosed(helped) & ~before
    assert new.any()
    assert (new <= helped.community.participation["peers"].ever() & made.flag("lived_experience")).all()
    gain = values_of("contact", helped.look)[0] - values_of("contact", still.look)[0]
    around = {int(j) for i in np.flatnonzero(new) for j in made.ties.neighbours(i)}
    assert set(np.flatnonzero(gain > 0).tolist()) == around
    assert np.array_equal(disclosed(still), before)
    assert (values_of("stigma", helped.look)[0] <= values_of("stigma", still.look)[0]).all()


def test_the_same_people_disclose_in_every_scenario():
    def reached(item, others=()):
        made = world(200, [], lived=range(200))
        return disclosed(play(simulate(made, interventions=[item, *others]), 6)).tolist()

    usual = reached(peers(Disclose(0.4, "joined")))
    assert usual == reached(peers(Disclose(0.4, "joined")), [peers(Disclose(0.0), name="a club")])
    assert all(b >= a for a, b in zip(usual, reached(peers(Disclose(0.7, "joined"))), strict=True))


@pytest.mark.parametrize("chance", [-0.1, 1.1])
def test_impossible_chances_are_refused(chance):
    with pytest.raises(ValueError, match="chance must be from 0 to 1"):
        Disclose(chance)


def test_a_community_that_does_not_say_who_has_disclosed_is_refused(make_community):
    made = make_community()
    made.columns.put(Column("disclosed", np.zeros(60)))
    with pytest.raises(InputError, match="'disclosed' is not a yes-or-no column"):
        simulate(made, interventions=[peers(Disclose(0.5))])
    del made.columns["disclosed"]
    with pytest.raises(InputError, match="'disclosed' is not a column"):
        simulate(made, interventions=[peers(Disclose(0.5))])
