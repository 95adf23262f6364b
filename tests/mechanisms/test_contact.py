"""Contact against its closed form."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import play, simulate, world

from sim.mechanisms import Contact, Influence, Loneliness
from sim.mechanisms.contact import contact_from

ALONE = Influence(susceptibility=0.0, anchoring=0.02)


def test_a_new_open_tie_lowers_stigma_towards_its_fixed_point():
    simulation = simulate(world(3, [], stigma=0.5, lived=[2], disclosed=[2]), ALONE, Contact(contact_effect=0.1))
    simulation.community.ties.add([0], [2], 0.7, "guest")
    simulation.refresh()
    expected = -0.1 * (1 - np.exp(-0.7))
    for week in range(1, 200):
        simulation.step()
        moved = simulation.community.columns.outcome("stigma").moved
        assert moved[0] == pytest.approx(expected * (1 - 0.98**week), rel=1e-9)
    assert moved[1] == 0.0


@pytest.mark.parametrize("disclosed", [(), (2,)])
def test_only_open_ties_count(disclosed):
    simulation = simulate(world(3, [], stigma=0.5, lived=[2], disclosed=disclosed), ALONE)
    simulation.community.ties.add([0], [2], 0.7, "guest")
    simulation.refresh()
    play(simulation, 10)
    assert (simulation.community.columns.outcome("stigma").moved[0] < 0) == bool(disclosed)


def test_contact_that_was_there_at_week_zero_moves_nobody():
    simulation = simulate(world(3, [(0, 2), (1, 2)], stigma=[0.4, 0.6, 0.5], lived=[2], disclosed=[2]))
    play(simulation, 50)
    assert (simulation.community.columns.outcome("stigma").moved == 0.0).all()


def test_losing_the_open_tie_raises_stigma():
    simulation = simulate(world(2, [(0, 1)], stigma=0.5, lived=[1], disclosed=[1]), ALONE, Loneliness())
    simulation.community.ties.remove([0], [1])
    simulation.refresh()
    play(simulation, 400)
    moved = simulation.community.columns.outcome("stigma").moved
    assert moved[0] == pytest.approx(0.1 * (1 - np.exp(-1)), rel=1e-3)


def test_contact_saturates():
    values = contact_from(np.array([0.0, 1.0, 2.0, 3.0, 50.0]))
    assert values[0] == 0
    assert values[-1] == pytest.approx(1)
    assert (np.diff(values, 2) < 0).all()


def test_no_contact_effect_no_movement():
    simulation = simulate(world(2, [], stigma=0.5, lived=[1], disclosed=[1]), ALONE, Contact(contact_effect=0.0))
    simulation.community.ties.add([0], [1], 0.7, "guest")
    simulation.refresh()
    play(simulation, 10)
    assert (simulation.community.columns.outcome("stigma").moved == 0.0).all()


def test_an_impossible_effect_is_refused():
    with pytest.raises(ValueError, match="contact_effect"):
        Contact(contact_effect=-0.1)
