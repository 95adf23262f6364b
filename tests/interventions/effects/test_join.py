"""Joining a place: membership, the ties that come with it, and their end."""

from __future__ import annotations

import numpy as np
import pytest
from still import simulate
from worlds import play, world

from sim.community.places import Place
from sim.errors import InputError
from sim.interventions.effects import Close, Join, Open
from sim.interventions.effects.base import meet
from sim.interventions.spec import Choose, Intervention, Runs, Spread
from sim.measures import values_of


def town(residents=40, edges=(), members=range(10), *, is_open=True, **more):
    made = world(residents, list(edges), **more)
    here = np.isin(np.arange(residents), list(members))
    made.places.items += [Place("club", "club", np.zeros(residents, bool)), Place("hub", "hub", here, open=is_open)]
    return made


def going(*effects, name="going", choose=None, runs=None):
    return Intervention(
        name, choose=choose or Choose("random", number=12), runs=runs or Runs(), effects=effects,
        spread=Spread(talk=False),
    )  # fmt: skip


def members(simulation, name="hub"):
    return set(np.flatnonzero(simulation.community.places.named(name).members).tolist())


def taking_part(simulation, name="going"):
    return set(np.flatnonzero(simulation.community.participation[name].taking_part()).tolist())


def hub_ties(simulation, name="hub"):
    """Return the ties that live by a place, as pairs, after a look at what they are."""
    community = simulation.community
    pairs, number = community.ties.pairs(), community.places.number(name)
    here = pairs["place"] == number
    assert all(community.ties.kinds[kind] == "group" for kind in pairs["kind"][here])
    return {(int(a), int(b)) for a, b in zip(pairs["one"][here], pairs["other"][here], strict=True)}


def test_those_who_join_become_members_and_get_to_know_some(make_community):
    made = town()
    simulation = simulate(made.copy(), interventions=[going(Join("hub", ties=3, strength=0.4))])
    before = members(simulation)
    play(simulation, 1)
    new = taking_part(simulation) - before
    assert members(simulation) == before | new
    assert new
    newcomers, all_members = (np.isin(np.arange(40), list(who)) for who in (new, before | new))
    start = simulate(made.copy())._week_view()
    one, other = meet(newcomers, all_members, 3, start, "meeting: hub")
    assert hub_ties(simulation) == {tuple(sorted(pair)) for pair in zip(one.tolist(), other.tolist(), strict=True)}
    pairs = simulation.community.ties.pairs()
    assert (pairs["strength"] == 0.4).all()
    assert (pairs["maker"] == 0).all()
    assert pairs["supports_one"].all()
    assert pairs["supports_other"].all()
    play(simulation, 5)
    assert len(hub_ties(simulation)) == len(one)  # once, not in every week
    assert made.places.named("hub").members.sum() == 10  # the community that was copied is untouched
    assert members(simulation, "club") == set()


def test_members_who_take_part_gain_nothing():
    made = town(members=range(40))
    simulation = play(simulate(made, interventions=[going(Join("hub", ties=3))]), 4)
    assert len(taking_part(simulation)) == 12
    assert not hub_ties(simulation)


def test_without_ties_it_is_membership_alone():
    made = town()
    still, joined = (play(simulate(made.copy(), interventions=i), 8) for i in ([], [going(Join("hub", ties=0))]))
    assert len(members(joined)) > len(members(still))
    for name in ("stigma", "self_stigma", "loneliness"):
        assert np.array_equal(still.community.observed(name), joined.community.observed(name))


@pytest.mark.parametrize("ends", ["with_programme", "never"])
def test_membership_and_its_ties_end_with_the_programme_or_stay(ends):
    made = town(80, members=range(30))
    runs = Runs(places=10, length=4, dropout=0.15, weeks=14)
    item = going(Join("hub", ties=2, ends=ends), choose=Choose("random", number=30), runs=runs)
    simulation = simulate(made, interventions=[item])
    ever = set()
    for _ in range(16):
        play(simulation, 1)
        inside = taking_part(simulation) - set(range(30))
        ever |= inside
        assert members(simulation) == set(range(30)) | (inside if ends == "with_programme" else ever)
        if ends == "with_programme":
            assert all(one in inside or other in inside for one, other in hub_ties(simulation))
    assert len(ever) > 12
    assert bool(hub_ties(simulation)) == (ends == "never")


def test_the_end_takes_only_the_ties_that_came_with_the_membership():
    made = town(12, [(i, (i + 1) % 12) for i in range(12)], members=range(6))
    lasting = going(Join("hub", ties=2), name="a lasting", choose=Choose())
    passing = going(Join("hub", ties=2, ends="with_programme"), name="b passing", choose=Choose(), runs=Runs(weeks=3))
    alone = play(simulate(made.copy(), interventions=[lasting]), 8)
    both = play(simulate(made.copy(), interventions=[lasting, passing]), 8)
    assert hub_ties(both) == hub_ties(alone)  # both bring the same people together: the first made the ties
    assert both.community.ties.count == alone.community.ties.count > 12


def test_nobody_meets_at_a_closed_place_until_it_opens():
    made = town(is_open=False)
    items = [
        going(Join("hub", ties=2)),
        going(Open("hub"), name="opening", choose=Choose("nobody"), runs=Runs(start=5)),
    ]
    simulation = simulate(made, interventions=items)
    for week in range(1, 9):
        play(simulation, 1)
        assert len(members(simulation)) > 10
        assert bool(hub_ties(simulation)) == (week >= 6), week  # open at the end of week 5
    newcomers = members(simulation) - set(range(10))
    assert all(one in newcomers or other in newcomers for one, other in hub_ties(simulation))


def test_support_rises_for_those_who_come_and_they_become_less_lonely():
    made = town(60, [(i, i + 1) for i in range(59)], loneliness=0.5)
    still, joined = (play(simulate(made.copy(), interventions=i), 26) for i in ([], [going(Join("hub", ties=3))]))
    new = sorted(members(joined) - set(range(10)))
    support, loneliness = (
        values_of(name, joined.look)[0] - values_of(name, still.look)[0] for name in ("support", "loneliness")
    )
    assert (support[new] > 0.1).all()
    assert (loneliness[new] < -0.005).all()


def test_joining_in_a_closing_place_is_not_undone_by_order():
    """Both act at the end of the week, so the order of interventions by name does not matter to who meets."""
    for name in ("a closing", "z closing"):
        made = town()
        closing = going(Close("hub"), name=name, choose=Choose("nobody"))
        simulation = play(simulate(made, interventions=[going(Join("hub", ties=1)), closing]), 2)
        assert not simulation.community.places.named("hub").open
        assert len(hub_ties(simulation)) > 5


@pytest.mark.parametrize(
    ("setting", "words"),
    [({"ties": -1}, "ties must be at least 0"), ({"strength": 0}, "strength must"), ({"strength": 1.1}, "found 1.1")],
)  # fmt: skip
def test_settings_out_of_range_are_refused(setting, words):
    with pytest.raises(ValueError, match=words):
        Join("hub", **setting)


def test_a_place_that_is_not_there_is_refused_with_a_suggestion():
    with pytest.raises(InputError, match="did you mean 'hub'"):
        simulate(town(), interventions=[going(Join("hubb"))])
    opening = going(Open("shed"), name="z opening", choose=Choose("nobody"), runs=Runs(start=9))
    simulate(town(), interventions=[going(Join("shed")), opening])  # one that is to open is there for all
