"""Engagement: what is lived of a tie, seen through support."""

from __future__ import annotations

import pytest
from worlds import displace, simulate, world

from sim.mechanisms import Engagement
from sim.mechanisms.loneliness import SUPPORT

PAIR = {"stigma": 0.4, "self_stigma": [0.3, 0.0], "lived": [0]}


def support(simulation):
    return simulation.sums[SUPPORT].tolist()


def test_at_rest_every_tie_is_lived_in_full():
    simulation = simulate(world(2, [(0, 1)], strength=0.6, **PAIR, disclosed=[0]))
    assert support(simulation) == [0.6, 0.6]


def test_self_stigma_makes_both_sides_lose():
    simulation = simulate(world(2, [(0, 1)], strength=0.6, **PAIR), Engagement(withdrawal=0.8))
    displace(simulation, "self_stigma", [0.25, 0.0])
    assert support(simulation) == pytest.approx([0.6 * 0.8, 0.6 * 0.8])


def test_rejection_concerns_only_those_who_have_disclosed():
    for disclosed, factor in [((), 1.0), ((0,), 1 - 0.8 * 0.5)]:
        simulation = simulate(world(2, [(0, 1)], **PAIR, disclosed=disclosed), Engagement(rejection=0.8))
        displace(simulation, "stigma", [0.0, 0.5])
        assert support(simulation) == pytest.approx([factor, factor])


def test_engagement_stays_between_nothing_and_one_and_a_half():
    for moved, factor in [(0.7, 0.0), (-0.3, 1.5)]:
        simulation = simulate(world(2, [(0, 1)], **PAIR), Engagement(withdrawal=5.0))
        displace(simulation, "self_stigma", [moved, 0.0])
        assert support(simulation) == pytest.approx([factor, factor])


def test_without_withdrawal_and_rejection_nothing_changes():
    simulation = simulate(world(2, [(0, 1)], **PAIR, disclosed=[0]), Engagement(withdrawal=0.0, rejection=0.0))
    displace(simulation, "self_stigma", [0.5, 0.0])
    displace(simulation, "stigma", [0.0, 0.5])
    assert support(simulation) == [1.0, 1.0]


def test_negative_parameters_are_refused():
    with pytest.raises(ValueError, match="negative"):
        Engagement(withdrawal=-0.1)
