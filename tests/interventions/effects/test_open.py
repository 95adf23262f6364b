"""Opening a place: a new one, one that had closed, its first members."""

from __future__ import annotations

import math

import numpy as np
import pytest
from still import simulate
from worlds import play, world

from sim.community.places import Place
from sim.interventions.effects import Close, Open
from sim.interventions.effects.base import meet
from sim.interventions.spec import Choose, Intervention, Runs
from sim.measures import values_of
from sim.rng import Draws


def opening(effect, *, name="opening", start=1, weeks=None):
    return Intervention(name, choose=Choose("nobody"), runs=Runs(start=start, weeks=weeks), effects=(effect,))


def place_ties(simulation, name):
    community = simulation.community
    pairs = community.ties.pairs()
    here = pairs["place"] == community.places.number(name)
    return {(int(a), int(b)) for a, b in zip(pairs["one"][here], pairs["other"][here], strict=True)}


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_a_new_place_opens_with_members_chosen_by_lot(share):
    made = world(500, [])
    made.places.items.append(Place("hub", "hub", np.ones(500, bool)))
    item = opening(Open("shed", sort="club", members=share, ties=2, strength=0.35), start=3)
    simulation = simulate(made.copy(), interventions=[item], seed=4)
    for week in range(1, 8):
        play(simulation, 1)
        place = simulation.community.places.named("shed")
        luck = Draws(4).stream("open: shed").uniform(made.identity)
        expected = (luck < share) & (week >= 3)
        assert place.open == (week >= 3)
        assert np.array_equal(place.members, expected)
        one, other = meet(expected, expected, 2, simulate(made.copy(), seed=4)._week_view(), "meeting: shed")
        assert place_ties(simulation, "shed") == {
            tuple(sorted(p)) for p in zip(one.tolist(), other.tolist(), strict=True)
        }
    assert place.sort == "club"
    assert abs(place.members.mean() - share) <= 4 * math.sqrt(share * (1 - share) / 500)
    assert (simulation.community.ties.pairs()["strength"] == 0.35).all()
    assert [place.name for place in simulation.community.places.items] == ["hub", "shed"]
    assert [place.name for place in made.places.items] == ["hub"]


def test_more_members_are_the_same_ones_and_more_in_every_scenario():
    def chosen(share, name="opening", start=1):
        item = opening(Open("shed", members=share, ties=0), name=name, start=start)
        return play(simulate(world(300, []), interventions=[item]), 5).community.places.named("shed").members

    few, more = chosen(0.1), chosen(0.3)
    assert (few <= more).all()
    assert few.sum() < more.sum()
    assert np.array_equal(few, chosen(0.1, name="another", start=4))


def test_a_place_that_had_closed_opens_again_for_its_members():
    made = world(20, [])
    made.places.items.append(Place("hub", "hub", np.arange(20) < 8))
    items = [
        Intervention("cuts", choose=Choose("nobody"), effects=(Close("hub", 1.0),)),
        opening(Open("hub", sort="ignored for a place that is there"), name="rescue", start=4),
    ]
    simulation = simulate(made, interventions=items)
    for week in range(1, 7):
        play(simulation, 1)
        place = simulation.community.places.named("hub")
        assert place.open == (week >= 4)
        assert place.members.sum() == 8
    assert place.sort == "hub"


@pytest.mark.parametrize(("ends", "open_after"), [("with_programme", False), ("never", True)])
def test_a_place_may_close_with_its_programme(ends, open_after):
    item = opening(Open("shed", members=0.5, ends=ends), start=2, weeks=3)
    simulation = simulate(world(40, []), interventions=[item])
    for week in range(1, 9):
        play(simulation, 1)
        assert simulation.community.places.named("shed").open == (2 <= week <= 4 or (week > 4 and open_after)), week
    assert place_ties(simulation, "shed")  # people go on knowing each other


def test_a_place_without_members_moves_nothing(make_community):
    made = make_community()
    still, opened = (play(simulate(made.copy(), interventions=items), 10) for items in ([], [opening(Open("shed"))]))
    for name in ("stigma", "self_stigma", "loneliness"):
        assert np.array_equal(still.community.observed(name), opened.community.observed(name))
    busy = play(simulate(made.copy(), interventions=[opening(Open("shed", members=0.5))]), 10)
    gain = values_of("support", busy.look)[0] - values_of("support", still.look)[0]
    assert gain[busy.community.places.named("shed").members].mean() > 0.05


def test_a_place_that_is_to_open_leaves_the_baseline_s_draws_alone(make_community):
    """Before it opens, a scenario with a place to come is the baseline to the bit."""
    made = make_community()
    still, later = (
        simulate(made.copy(), interventions=items) for items in ([], [opening(Open("shed", members=1.0), start=9)])
    )
    play(still, 8)
    play(later, 8)
    assert not later.community.places.named("shed").open
    assert still.community.ties.count == later.community.ties.count
    assert all(
        np.array_equal(still.community.observed(n), later.community.observed(n)) for n in ("stigma", "loneliness")
    )


@pytest.mark.parametrize(
    ("setting", "words"),
    [({"place": ""}, "name of a place"), ({"place": "shed", "members": 1.2}, "members must be from 0 to 1"),
     ({"place": "shed", "ties": -1}, "ties must be")],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(setting, words):
    with pytest.raises(ValueError, match=words):
        Open(**setting)
