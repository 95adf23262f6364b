"""Ties that interventions make: with whom, how many, whom they support, and when they end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import complete, play, simulate, world

from sim.community.columns import Column
from sim.community.participation import NEVER
from sim.errors import InputError
from sim.interventions.effects.tie import Tie
from sim.interventions.spec import Choose, Condition, Intervention, Runs, Spread
from sim.mechanisms import WordOfMouth
from sim.rules import Sum

LIVED = (Condition("lived_experience", is_in=(True,)),)


def programme(*effects, name="befriending", who=(), choose=None, runs=None, spread=None):
    return Intervention(
        name,
        who=who,
        choose=choose or Choose(),
        runs=runs or Runs(),
        spread=spread or Spread(talk=False),
        effects=effects,
    )


def ties_of(simulation, kind="made"):
    """Return the ties of a kind as a set of pairs, and check that all ties are sound."""
    pairs = simulation.community.ties.pairs()
    names = simulation.community.ties.kinds
    found = list(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True))
    assert len(found) == len(set(found))
    assert all(one < other for one, other in found)
    for one, other in found:
        assert one in simulation.community.ties.neighbours(other)
        assert other in simulation.community.ties.neighbours(one)
    return {pair for pair, code in zip(found, pairs["kind"], strict=True) if names[code] == kind}


def state_of(simulation, name="befriending"):
    return simulation.community.participation[name]


def partners(simulation, kind="made"):
    found = {}
    for one, other in ties_of(simulation, kind):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"strength": 0}, "strength"),
        ({"strength": 1.01}, "strength"),
        ({"strength": -0.1}, "strength"),
        ({"number": 0}, "number"),
    ],
)
def test_settings_out_of_range_are_refused(setting, words):
    with pytest.raises(ValueError, match=words):
        Tie(**setting)


# --- volunteers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_every_participant_gets_a_volunteer_of_her_own_who_does_not_take_part(seed):
    made = world(40, [(i, i + 1) for i in range(39)])
    item = programme(Tie("volunteer", "befriender", 0.4), choose=Choose("random", number=12))
    simulation = play(simulate(made, interventions=[item], seed=seed), 1)
    state, made_ties = state_of(simulation), ties_of(simulation, "befriender")
    assert len(made_ties) == 12
    assert state.volunteer.sum() == 12
    assert not (state.volunteer & state.ever()).any()
    for one, other in made_ties:
        assert state.ever()[one] != state.ever()[other]
        assert state.volunteer[one] != state.volunteer[other]
        assert abs(one - other) > 1  # nobody is befriended by somebody she is tied to already
    pairs = simulation.community.ties.pairs()
    new = pairs["kind"] == simulation.community.ties.kinds.index("befriender")
    assert (pairs["strength"][new] == 0.4).all()
    assert (pairs["maker"][new] == 0).all()
    assert (pairs["maker"][~new] == -1).all()
    assert new.sum() == 12
    assert (~new).sum() == 39


def test_a_single_volunteer_serves_one_after_the_other():
    made = world(4, [], lived=[0, 1, 2])
    runs = Runs(places=1, length=2)
    simulation = simulate(made, interventions=[programme(Tie("volunteer"), who=LIVED, runs=runs)])
    served = []
    for week in range(1, 8):
        play(simulation, 1)
        now = ties_of(simulation)
        inside = np.flatnonzero(state_of(simulation).taking_part()).tolist()
        assert now == {(i, 3) for i in inside}
        served += inside
        assert len(inside) == (week <= 6)
    assert sorted(served) == [0, 0, 1, 1, 2, 2]


def test_volunteers_serve_one_at_a_time_however_participants_come_and_go():
    made = world(40, [])
    runs = Runs(places=9, length=6, dropout=0.3)
    item = programme(Tie("volunteer"), choose=Choose("random", number=30), runs=runs)
    simulation = simulate(made, interventions=[item])
    served = 0
    for week in range(1, 16):
        play(simulation, 1)
        state, found = state_of(simulation), partners(simulation)
        assert all(len(others) == 1 for others in found.values())
        assert {i for i in found if state.taking_part()[i]} == set(np.flatnonzero(state.taking_part()).tolist())
        assert {i for i in found if state.volunteer[i]} <= set(np.flatnonzero(~state.offered).tolist())
        served += int((state.joined == week).sum())
    assert served > 20 > state.volunteer.sum()  # ten volunteers, one after the other


def test_without_enough_volunteers_some_get_nobody():
    made = world(5, [], lived=[0, 1, 2])
    simulation = play(simulate(made, interventions=[programme(Tie("volunteer"), who=LIVED)]), 3)
    assert state_of(simulation).taking_part().sum() == 3
    assert len(ties_of(simulation)) == 2
    everybody = play(simulate(world(5, []), interventions=[programme(Tie("volunteer"))]), 3)
    assert not ties_of(everybody)  # all are offered a place, nobody is left to volunteer
    assert not state_of(everybody).volunteer.any()


def test_those_who_wait_do_not_volunteer():
    made = world(6, [])
    item = programme(Tie("volunteer"), choose=Choose("random", number=5), runs=Runs(places=2))
    simulation = play(simulate(made, interventions=[item]), 1)
    state = state_of(simulation)
    assert np.flatnonzero(state.volunteer).tolist() == np.flatnonzero(~state.offered).tolist()
    assert len(ties_of(simulation)) == 1


def test_volunteers_who_hear_of_the_programme_do_not_take_part_in_it():
    made = world(20, [])
    item = programme(
        Tie("volunteer", strength=1.0), choose=Choose("random", number=6), spread=Spread(talk=True, broadcast=1.0)
    )
    simulation = simulate(made, WordOfMouth(60, 60), interventions=[item])
    for _ in range(8):
        play(simulation, 1)
        state = state_of(simulation)
        assert not (state.volunteer & (state.ever() | (state.waiting_since != NEVER))).any()
    assert state.aware()[state.volunteer].all()  # they heard
    assert state.volunteer.sum() >= 6


@pytest.mark.parametrize(("supports", "other_side"), [("one", 0.0), ("both", 0.3)])
def test_a_tie_supports_the_participant_and_the_other_side_only_if_both(supports, other_side):
    made = world(10, [])
    item = programme(Tie("volunteer", strength=0.3, supports=supports), choose=Choose("random", number=3))
    simulation = play(simulate(made, interventions=[item]), 1)
    support, state = simulation.sums[Sum("support")], state_of(simulation)
    assert support[state.ever()] == pytest.approx(0.3)
    assert support[state.volunteer] == pytest.approx(other_side)
    assert (support[~state.ever() & ~state.volunteer] == 0).all()
    assert simulation.sums[Sum("strength")][state.volunteer] == pytest.approx(0.3)  # word passes both ways


# --- endings -------------------------------------------------------------------------------------------


def test_ties_end_when_their_participant_leaves_and_not_before():
    made = world(120, [(i, i + 1) for i in range(119)])
    runs = Runs(length=8, dropout=0.1, weeks=12, places=25)
    item = programme(Tie("volunteer", "befriender"), choose=Choose("random", number=40), runs=runs)
    simulation = simulate(made, interventions=[item])
    reasons = set()
    for week in range(1, 16):
        play(simulation, 1)
        state = state_of(simulation)
        inside = set(np.flatnonzero(state.taking_part()).tolist())
        befriended = [i for pair in ties_of(simulation, "befriender") for i in pair if i in inside]
        assert sorted(befriended) == sorted(inside)
        assert len(ties_of(simulation, "befriender")) == len(inside)
        assert len(ties_of(simulation, "friend")) == 119
        reasons |= set(state.status[state.left == week].tolist())
    assert reasons == {4, 5}
    assert not inside


def test_lasting_ties_stay_after_the_programme():
    made = world(30, [])
    item = programme(Tie("volunteer", ends="never"), choose=Choose("random", number=10), runs=Runs(weeks=4, length=2))
    simulation = play(simulate(made, interventions=[item]), 1)
    first = ties_of(simulation)
    assert len(first) == 10
    play(simulation, 10)
    assert ties_of(simulation) == first


def test_an_ending_takes_only_the_ties_that_the_effect_made():
    """Both programmes match the only two residents in the same week; the tie that lasts is the first one's."""
    made = world(2, [])
    lasting = programme(Tie("participants", "friends for good", ends="never"), name="a lasting one")
    passing = programme(Tie("participants", "passing"), name="b passing one", runs=Runs(weeks=3))
    simulation = simulate(made, interventions=[lasting, passing])
    for _ in range(6):
        play(simulation, 1)
        assert ties_of(simulation, "friends for good") == {(0, 1)}
    alone = play(simulate(made.copy(), interventions=[passing]), 4)
    assert not ties_of(alone, "passing")


def test_a_tie_that_stood_before_stays_as_it_is():
    made = world(3, complete(3))
    simulation = play(simulate(made, interventions=[programme(Tie("participants", number=2), runs=Runs(weeks=2))]), 1)
    assert not ties_of(simulation)
    play(simulation, 4)
    assert ties_of(simulation, "friend") == {(0, 1), (0, 2), (1, 2)}


# --- fellow participants -------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    number=st.integers(1, 5), places=st.one_of(st.none(), st.integers(1, 9)), seed=st.integers(0, 99),
    partner=st.sampled_from(["volunteer", "participants", "across_group"]),
)  # fmt: skip
def test_no_repeats_no_self_ties_and_as_many_as_asked_where_there_are_enough(number, places, seed, partner):
    made = world(24, [(0, 1), (2, 3), (4, 5)], lived=range(0, 24, 2))
    item = programme(Tie(partner, number=number), choose=Choose("random", number=9), runs=Runs(places=places, length=3))
    simulation = simulate(made, interventions=[item], seed=seed)
    for week in range(1, 9):
        play(simulation, 1)
        state, found = state_of(simulation), partners(simulation)  # ties_of checks pairs and symmetry
        for i in np.flatnonzero(state.joined == week).tolist():
            mates = found.get(i, set())
            if partner == "across_group":
                assert len(mates) >= number  # there are twelve on the other side
            elif partner == "participants":
                fellows = set(np.flatnonzero(state.taking_part()).tolist()) - {i, i + 1 - 2 * (i % 2)}
                assert len(mates) >= min(number, len(fellows))
            else:
                assert len(mates) <= number
                assert all(len(found[mate]) == 1 for mate in mates)  # one befriended at a time
        assert ties_of(simulation, "friend") == {(0, 1), (2, 3), (4, 5)}


def test_fellow_participants_are_tied_to_each_other_only():
    made = world(40, [])
    item = programme(Tie("participants", number=3), choose=Choose("random", number=10))
    simulation = play(simulate(made, interventions=[item]), 2)
    inside = set(np.flatnonzero(state_of(simulation).ever()).tolist())
    found = partners(simulation)
    assert set(found) == inside
    assert all(len(mates) >= 3 for mates in found.values())
    assert {mate for mates in found.values() for mate in mates} == inside
    assert not state_of(simulation).volunteer.any()


def test_a_lone_participant_gets_no_fellow():
    item = programme(Tie("participants"), choose=Choose("random", number=1))
    assert not ties_of(play(simulate(world(9, []), interventions=[item]), 3))


# --- across a line -------------------------------------------------------------------------------------


def test_ties_across_the_line_really_cross_it():
    made = world(60, [], lived=range(15))
    made.columns.put(Column("newcomer", np.arange(60) % 4 == 0))
    for group in ("lived_experience", "newcomer"):
        flag = made.flag(group)
        item = programme(Tie("across_group", number=2, group=group), choose=Choose("random", number=20))
        simulation = play(simulate(made.copy(), interventions=[item]), 1)
        found = ties_of(simulation)
        assert 20 < len(found) <= 40
        assert all(flag[one] != flag[other] for one, other in found)
        both_sides = state_of(simulation).ever()
        assert flag[both_sides].any()
        assert (~flag[both_sides]).any()
        assert all(len(partners(simulation)[i]) >= 2 for i in np.flatnonzero(both_sides).tolist())


def test_where_everybody_is_on_one_side_nobody_is_across():
    item = programme(Tie("across_group"))
    assert not ties_of(play(simulate(world(8, [], lived=range(8)), interventions=[item]), 2))


@pytest.mark.parametrize(
    ("group", "words"),
    [("lived_experence", "did you mean 'lived_experience'?"), ("loneliness", "'loneliness' is not a yes-or-no column"),
     ("age_band", "'age_band' is not a yes-or-no column")],
)  # fmt: skip
def test_a_line_that_is_not_a_yes_or_no_column_is_refused(make_community, group, words):
    with pytest.raises(InputError) as refusal:
        simulate(make_community(), interventions=[programme(Tie("across_group", group=group))])
    assert words in str(refusal.value)
    simulate(make_community(), interventions=[programme(Tie("volunteer", group=group))])  # nobody asks for the line


# --- luck ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partner", ["volunteer", "across_group"])
def test_everybody_possible_is_as_likely_to_be_the_partner(partner):
    runs, n = 500, 13
    counts = np.zeros(n)
    item = programme(Tie(partner), choose=Choose("lived_experience", number=1))
    for seed in range(runs):
        simulation = play(simulate(world(n, [], lived=[5]), interventions=[item], seed=seed), 1)
        ((one, other),) = ties_of(simulation)
        counts[one if other == 5 else other] += 1
    assert counts[5] == 0
    chance = 1 / (n - 1)
    assert np.abs(np.delete(counts, 5) / runs - chance).max() < 4 * math.sqrt(chance * (1 - chance) / runs)


def test_partners_are_the_same_in_a_scenario_with_something_else_beside(make_community):
    item = programme(Tie("volunteer"), choose=Choose("random", number=10))
    other = programme(Tie("participants"), name="a club", choose=Choose("random", number=5), runs=Runs(start=3))
    alone = play(simulate(make_community(), interventions=[item]), 2)
    beside = play(simulate(make_community(), interventions=[other, item]), 2)
    assert ties_of(alone) == ties_of(beside)
    assert len(ties_of(alone)) == 10
    assert ties_of(play(simulate(make_community(), interventions=[item], seed=2), 2)) != ties_of(alone)
