"""Closing a place: which ties end, by a lot that belongs to the pair."""

from __future__ import annotations

import math

import numpy as np
import pytest
from still import simulate
from worlds import play, world

from sim.community.places import Place
from sim.errors import InputError
from sim.interventions.effects.close import Close
from sim.interventions.effects.end_ties import EndTies
from sim.interventions.effects.open import Open
from sim.interventions.spec import Choose, Intervention, Runs
from sim.measures import values_of
from sim.rng import Draws


def closing(share=1.0, *, name="closing", start=1, place="hub", **more):
    effect = Close(place, share, **more)
    return Intervention(name, choose=Choose("nobody"), runs=Runs(start=start, weeks=1), effects=(effect,))


def ties_at(community, number=0):
    pairs = community.ties.pairs()
    return {
        (int(one), int(other))
        for one, other, place in zip(pairs["one"], pairs["other"], pairs["place"], strict=True)
        if place == number
    }


def all_ties(community):
    pairs = community.ties.pairs()
    return {
        (int(a), int(b)): (float(w), int(k))
        for a, b, w, k in zip(pairs["one"], pairs["other"], pairs["strength"], pairs["kind"], strict=True)
    }


def slow_lot(community, pairs, share, rule, seed):
    """Return the pairs that lose, looked up one by one and with the two named the other way round."""
    stream = Draws(seed).stream(rule)
    lost = set()
    for one, other in pairs:
        luck = stream.pair_uniform(community.identity[[other]], community.identity[[one]])[0]
        if luck < share:
            lost.add((one, other))
    return lost


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_a_share_of_the_ties_that_live_by_the_place_ends_and_no_other(make_community, share):
    made = make_community(residents=80, ties=600)
    before, here = all_ties(made), ties_at(made)
    assert len(here) == 120
    simulation = play(simulate(made.copy(), interventions=[closing(share, start=3)], seed=5), 2)
    assert all_ties(simulation.community) == before
    assert simulation.community.places.named("hub").open
    play(simulation, 1)
    lost = slow_lot(made, here, share, "close: hub", 5)
    assert all_ties(simulation.community) == {pair: what for pair, what in before.items() if pair not in lost}
    assert not simulation.community.places.named("hub").open
    assert abs(len(lost) / 120 - share) <= 4 * math.sqrt(share * (1 - share) / 120)
    play(simulation, 5)
    assert len(all_ties(simulation.community)) == len(before) - len(lost)
    assert made.places.named("hub").open  # the community that was copied is untouched


def test_the_same_ties_end_in_every_scenario_of_a_seed(make_community):
    made = make_community(residents=80, ties=600)

    def left(item, seed=1, others=()):
        return ties_at(play(simulate(made.copy(), interventions=[item, *others], seed=seed), 4).community)

    beside = Intervention("a club", choose=Choose("random", number=9))
    usual = left(closing(0.5))
    assert 0 < len(usual) < 120
    assert left(closing(0.5, name="another name")) == usual
    assert left(closing(0.5, start=4)) == usual
    assert left(closing(0.5), others=[beside]) == usual
    assert left(closing(0.8)) < usual < left(closing(0.2))  # a greater loss takes the same ties and more
    assert left(closing(0.5), seed=2) != usual


def test_only_the_place_that_is_named_is_closed(make_community):
    made = make_community(residents=60, ties=300)
    made.places.items.append(Place("club", "club", np.zeros(60, bool)))
    entries = made.ties.entries()
    odd = (made.ties.rows() + made.ties.neighbour[entries]) % 2 == 1
    made.ties.place[entries[odd & (made.ties.place[entries] == 0)]] = 1
    hub, club = ties_at(made, 0), ties_at(made, 1)
    assert len(hub) > 10
    assert len(club) > 10
    simulation = play(simulate(made.copy(), interventions=[closing(place="club")]), 1)
    assert ties_at(simulation.community, 0) == hub
    assert not ties_at(simulation.community, 1)
    assert [place.open for place in simulation.community.places.items] == [True, False]


def test_losing_the_place_costs_support_of_those_who_met_there_and_makes_them_lonelier(make_community):
    made = make_community(residents=60, ties=200)
    touched = {i for pair in ties_at(made) for i in pair}
    still, closed = (simulate(made.copy(), interventions=items) for items in ([], [closing()]))
    play(still, 1)
    play(closed, 1)
    change = values_of("support", closed.look)[0] - values_of("support", still.look)[0]
    assert {i for i in range(60) if change[i] < 0} == touched
    assert (change <= 0).all()
    play(still, 20)
    play(closed, 20)
    lonelier = values_of("loneliness", closed.look)[0] - values_of("loneliness", still.look)[0]
    assert lonelier[sorted(touched)].mean() > 0.001


@pytest.mark.parametrize(
    ("place", "share", "words"),
    [("", 1.0, "name of a place"), ("hub", 1.1, "ends_ties must be from 0 to 1"), ("hub", -0.1, "found -0.1")],
)
def test_settings_that_make_no_sense_are_refused(place, share, words):
    with pytest.raises(ValueError, match=words):
        Close(place, share)


def test_a_place_that_is_not_there_is_refused_with_a_suggestion(make_community):
    with pytest.raises(InputError) as refusal:
        simulate(make_community(), interventions=[closing(place="hubb")])
    assert "'hubb' is not a place" in str(refusal.value)
    assert "did you mean 'hub'?" in str(refusal.value)
    with pytest.raises(InputError, match="places: none"):
        simulate(world(3, []), interventions=[closing()])


def test_nothing_else_moves_when_no_tie_ends(make_community):
    made = make_community()
    still, closed = (play(simulate(made.copy(), interventions=items), 10) for items in ([], [closing(0.0)]))
    for name in ("stigma", "self_stigma", "loneliness"):
        assert np.array_equal(still.community.observed(name), closed.community.observed(name))


def test_closing_and_ending_draw_different_lots(make_community):
    made = make_community(residents=80, ties=600)
    ending = Intervention("ending", choose=Choose("nobody"), effects=(EndTies("group", 0.5, "everyone"),))
    closed = play(simulate(made.copy(), interventions=[closing(0.5)]), 1)
    ended = play(simulate(made.copy(), interventions=[ending]), 1)
    assert ties_at(closed.community) != ties_at(ended.community)


# --- members find another place ------------------------------------------------------------------------


def places_town(residents, hub, edges=(), others=("club", "choir")):
    """Return a community with a hub, its members, and other places without any."""
    made = world(residents, list(edges))
    who = np.arange(residents)
    made.places.items.append(Place("hub", "hub", np.isin(who, list(hub))))
    made.places.items += [Place(name, "club", np.zeros(residents, bool)) for name in others]
    return made


def members(simulation, name):
    return set(np.flatnonzero(simulation.community.places.named(name).members).tolist())


def test_members_find_another_place_at_the_chance_a_week():
    hub = 4000
    made = places_town(hub + 500, range(hub), others=("club", "choir", "allotment"))
    simulation = simulate(made, interventions=[closing(find_another=0.1, ties=0, start=2)])
    for week in range(1, 12):
        play(simulation, 1)
        left = members(simulation, "hub")
        chance = 0.9 ** max(0, week - 2)
        assert abs(len(left) / hub - chance) <= 4 * math.sqrt(chance * (1 - chance) / hub)
        found = [members(simulation, name) for name in ("club", "choir", "allotment")]
        assert sum(len(who) for who in found) == hub - len(left)
        assert left | set().union(*found) == set(range(hub))  # everybody is somewhere, in one place, and nobody new
    third = len(set().union(*found)) / 3
    assert all(abs(len(who) - third) < 4 * math.sqrt(third * 2 / 3) for who in found)


def slow_choice(community, who, places, seed):
    """Return the place that one finds: least -log(luck) / (1 + people she knows there)."""
    lots = {}
    for name, there in places.items():
        luck = Draws(seed).stream(f"find another: {name}").uniform(community.identity[[who]])[0]
        known = sum(1 for i in community.ties.neighbours(who).tolist() if i in there)
        lots[name] = -math.log(1 - luck) / (1 + known)
    return min(lots, key=lots.__getitem__)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_they_go_where_they_know_people_by_a_lot_of_their_own(seed):
    edges = [(i, 100 + (i * 7 + k * k) % 100) for i in range(100) for k in range(1 + i % 3)]
    made = places_town(200, range(100), sorted(set(edges)))
    made.places.named("club").members = np.arange(200) >= 150
    made.places.named("choir").members = (np.arange(200) >= 100) & (np.arange(200) < 120)
    made.places.items.append(Place("shut", "club", np.arange(200) >= 100, open=False))
    start = {name: set(np.flatnonzero(made.places.named(name).members).tolist()) for name in ("club", "choir")}
    expected = {i: slow_choice(made, i, start, seed) for i in range(100)}
    simulation = play(simulate(made.copy(), interventions=[closing(find_another=1.0, ties=0)], seed=seed), 2)
    for name in ("club", "choir"):
        assert members(simulation, name) - start[name] == {i for i in range(100) if expected[i] == name}
        assert members(simulation, name) > start[name]
    assert not members(simulation, "hub")
    reversed_places = made.copy()
    reversed_places.places.items[1:3] = reversed_places.places.items[2:0:-1]
    again = play(simulate(reversed_places, interventions=[closing(find_another=1.0, ties=0)], seed=seed), 2)
    assert all(members(again, name) == members(simulation, name) for name in ("club", "choir"))


def test_who_finds_a_place_gets_to_know_people_there():
    made = places_town(60, range(20), [(i, i + 1) for i in range(19)], others=("club",))
    made.places.named("club").members = np.arange(60) >= 40
    lost = play(simulate(made.copy(), interventions=[closing()]), 30)
    found = play(simulate(made.copy(), interventions=[closing(find_another=0.2, ties=2, strength=0.5)]), 30)
    assert not ties_at(lost.community, 1)
    here = ties_at(found.community, 1)
    moved = members(found, "club") - set(range(40, 60))
    assert len(here) == 2 * len(moved) > 30
    support = values_of("support", found.look)[0] - values_of("support", lost.look)[0]
    assert (support[sorted(moved)] > 0.2).all()


def test_where_every_place_is_closed_or_theirs_already_nobody_finds_one():
    made = places_town(30, range(30), others=("club",))
    made.places.named("club").members[:] = True
    alone = places_town(30, range(30), others=())
    for community in (made, alone):
        simulation = play(simulate(community, interventions=[closing(find_another=1.0)]), 10)
        assert members(simulation, "hub") == set(range(30))
        assert not simulation.community.ties.count


def test_nobody_searches_unless_told_or_once_it_has_opened_again():
    opening = Intervention("rescue", choose=Choose("nobody"), runs=Runs(start=4), effects=(Open("hub"),))
    still = play(simulate(places_town(400, range(400)), interventions=[closing()]), 10)
    assert len(members(still, "hub")) == 400
    simulation = simulate(places_town(400, range(400)), interventions=[closing(find_another=0.1), opening])
    gone = [400 - len(members(play(simulation, 1), "hub")) for _ in range(12)]
    assert 0 < gone[1] < gone[3] == gone[-1]


def test_the_same_members_move_in_every_scenario():
    def found(**more):
        items = [closing(**more), Intervention("a club for some", choose=Choose("random", number=9))]
        return members(play(simulate(places_town(300, range(300)), interventions=items), 8), "hub")

    usual = found(find_another=0.1)
    assert usual == found(find_another=0.1, name="another name")
    assert found(find_another=0.2) < usual
