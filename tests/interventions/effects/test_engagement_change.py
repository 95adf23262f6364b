"""Engagement of participants: how much of their ties they live while they take part."""

from __future__ import annotations

import numpy as np
import pytest
from still import simulate
from worlds import displace, play, world

from sim.interventions.effects import EngagementChange
from sim.interventions.spec import Choose, Intervention, Runs, Spread
from sim.measures import values_of
from sim.mechanisms import Engagement, Loneliness

PAIR = {"stigma": 0.3, "self_stigma": [0.3, 0.0, 0.0], "lived": [0]}


def company(change, *, name="company", runs=None, number=1, **settings):
    return Intervention(
        name, choose=Choose("lived_experience", number=number), runs=runs or Runs(), spread=Spread(talk=False),
        effects=(EngagementChange(change, **settings),),
    )  # fmt: skip


def support(simulation):
    return values_of("support", simulation.look)[0].tolist()


@pytest.mark.parametrize("change", [0.3, -0.4, 0.0])
@pytest.mark.parametrize("ends", ["with_programme", "never"])
def test_the_ties_of_participants_are_lived_more_or_less_while_they_take_part(change, ends):
    made = world(3, [(0, 1), (1, 2)], strength=0.5, **PAIR)
    simulation = simulate(made, interventions=[company(change, ends=ends, runs=Runs(start=2, length=3))])
    for week in range(1, 9):
        play(simulation, 1)
        changed = 2 <= week <= 4 or (ends == "never" and week > 4)
        tie = 0.5 * (1 + change * changed)
        assert support(simulation) == pytest.approx([tie, tie + 0.5, 0.5], abs=1e-15), week


def test_it_adds_to_withdrawal_and_to_other_programmes_within_bounds():
    for changes, moved, factor in [((0.3,), 0.25, 1 - 0.2 + 0.3), ((0.3, 0.4), 0.0, 1.5), ((0.1, 0.2), 0.0, 1.3),
                                   ((-0.5, -0.7), 0.0, 0.0)]:  # fmt: skip
        made = world(3, [(0, 1), (1, 2)], **PAIR)
        items = [company(change, name=f"company {k}") for k, change in enumerate(changes)]
        simulation = simulate(made, Engagement(withdrawal=0.8), interventions=items)
        play(simulation, 1)
        displace(simulation, "self_stigma", [moved, 0.0, 0.0])
        assert support(simulation) == pytest.approx([factor, factor + 1.0, 1.0])


def test_loneliness_follows_the_closed_form():
    """Support s of one tie becomes s (1 + change); loneliness makes up `rate` of the way to the new resting point."""
    made = world(3, [(0, 1), (1, 2)], loneliness=0.5, **PAIR)
    rule = Loneliness(peer_effect=0.0, self_stigma_effect=0.0)
    simulation = simulate(made, rule, interventions=[company(0.5)])
    play(simulation, 1)
    gap = rule.support_effect * (np.exp(-1.5 / rule.support_scale) - np.exp(-1.0 / rule.support_scale))
    moved = simulation.community.columns.outcome("loneliness").moved
    for week in range(1, 60):
        play(simulation, 1)
        assert moved[0] == pytest.approx(gap * (1 - (1 - rule.rate) ** week), rel=1e-9)


def test_without_any_change_nothing_moves_to_the_bit(make_community):
    made = make_community()
    still, idle = (play(simulate(made.copy(), interventions=i), 12) for i in ([], [company(0.0, number=9)]))
    for name in ("stigma", "self_stigma", "loneliness"):
        assert np.array_equal(still.community.observed(name), idle.community.observed(name))
    busy = play(simulate(made.copy(), interventions=[company(0.2, number=9)]), 12)
    assert not np.array_equal(still.community.observed("loneliness"), busy.community.observed("loneliness"))


@pytest.mark.parametrize("change", [-1.1, 0.6])
def test_changes_out_of_range_are_refused(change):
    with pytest.raises(ValueError, match="change must be from -1 to"):
        EngagementChange(change)
