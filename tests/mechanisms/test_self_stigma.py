"""Self-stigma against its closed form."""

from __future__ import annotations

import pytest
from worlds import complete, displace, play, simulate, world

from sim.mechanisms import Contact, Influence, SelfStigma

FROZEN = Influence(susceptibility=0.0, anchoring=0.0, recovery=0.0)


def moved(simulation):
    return simulation.community.columns.outcome("self_stigma").moved


@pytest.mark.parametrize("disclosed", [(), (0,)])
def test_a_change_of_everybodys_attitude_is_taken_in(disclosed):
    community = world(5, complete(5), stigma=0.5, self_stigma=[0.5, 0, 0, 0, 0], lived=[0], disclosed=disclosed)
    rule = SelfStigma(rate=0.05, exposure_effect=0.8, anticipated=1.2)
    simulation = simulate(community, FROZEN, Contact(contact_effect=0.0), rule)
    displace(simulation, "stigma", -0.1)
    know = 1.0 if disclosed else 1.2
    for week in range(1, 150):
        simulation.step()
        assert moved(simulation)[0] == pytest.approx(-0.08 * know * (1 - 0.95**week), rel=1e-9)
    assert (moved(simulation)[1:] == 0.0).all()


def test_losing_every_tie_does_not_by_itself_make_accepted():
    community = world(4, [(0, 1), (0, 2)], stigma=[0.5, 0.2, 0.2, 0.7], self_stigma=[0.5, 0, 0, 0], lived=[0])
    simulation = simulate(community, FROZEN)
    community.ties.remove([0, 0], [1, 2])
    simulation.refresh()
    play(simulation, 300)
    # the community's mean, 0.4, takes the place of (0.2 + 0.2 + 0.4) / 3
    assert moved(simulation)[0] == pytest.approx(0.8 * (0.4 - 0.8 / 3), rel=1e-6)


def test_without_exposure_effect_nothing_moves():
    community = world(4, complete(4), stigma=0.5, self_stigma=[0.5, 0, 0, 0], lived=[0])
    simulation = simulate(community, FROZEN, SelfStigma(exposure_effect=0.0))
    displace(simulation, "stigma", -0.2)
    play(simulation, 20)
    assert (moved(simulation) == 0.0).all()


def test_noise_reaches_only_people_with_lived_experience():
    community = world(400, [], self_stigma=0.5, lived=range(200))
    simulation = play(simulate(community, SelfStigma(noise=0.01)), 1)
    assert moved(simulation)[:200].std() == pytest.approx(0.01, rel=0.2)
    assert (moved(simulation)[200:] == 0.0).all()


@pytest.mark.parametrize("wrong", [{"rate": 2.0}, {"community_weight": 0.0}, {"anticipated": -1.0}])
def test_impossible_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        SelfStigma(**wrong)
