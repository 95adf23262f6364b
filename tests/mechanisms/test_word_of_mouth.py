"""Word of mouth: against plain loops, synchronous and continuous SI, and threshold cascades."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_programme import slow_run
from worlds import play, simulate, world

from sim import evidence
from sim.community.columns import Column
from sim.community.participation import NEVER, Source, Status
from sim.interventions.spec import Choose, Condition, Intervention, Spread
from sim.mechanisms import WordOfMouth
from sim.model.engine import Simulation
from sim.rng import Draws

CERTAIN = 60.0


def told(name="club", *, by="lived_experience", number=1, **spread):
    return Intervention(name, choose=Choose(by, number=number), spread=Spread(**spread))


def state_of(simulation, name="club"):
    return simulation.community.participation[name]


def within(share, chance, size, errors=4.0):
    return abs(share - chance) <= errors * math.sqrt(chance * (1 - chance) / size)


def random_graph(n, ties, seed):
    graph = nx.gnm_random_graph(n, ties, seed=seed)
    return graph, sorted(tuple(sorted(edge)) for edge in graph.edges)


# --- susceptible - informed ----------------------------------------------------------------------------


def synchronous_si(identity, edges, strength, talk, seeds, weeks, seed):
    """Return the week in which each is informed: all who are informed tell everybody they are tied to, every week."""
    informed = dict.fromkeys(seeds, 1)
    for week in range(2, weeks + 1):
        luck = Draws(seed).stream("word_of_mouth: club", week).uniform(identity)
        new = []
        for person in range(len(identity)):
            if person in informed:
                continue
            tellers = sum(1 for a, b in edges if (a == person and b in informed) or (b == person and a in informed))
            if luck[person] < 1 - math.exp(-tellers * strength * talk):
                new.append(person)
        informed.update(dict.fromkeys(new, week))
    return [informed.get(person, NEVER) for person in range(len(identity))]


@pytest.mark.parametrize("talk", [0.2, 0.8])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_simple_uptake_of_one_it_is_synchronous_si_exactly(talk, seed):
    _, edges = random_graph(60, 110, seed)
    made = world(60, edges, strength=0.5, lived=[7, 31])
    simulation = simulate(made, WordOfMouth(talk, talk_aware=0.9), interventions=[told(number=2)], seed=seed)
    play(simulation, 25)
    expected = synchronous_si(made.identity, edges, 0.5, talk, [7, 31], 25, seed)
    state = state_of(simulation)
    assert state.joined.tolist() == expected
    assert state.heard.tolist() == expected  # they join in the week of hearing
    assert len(set(expected)) > 5


@pytest.mark.parametrize(("strength", "talk"), [(1.0, 0.05), (0.5, 0.2), (1.0, 0.7)])
def test_leaves_of_a_star_hear_at_the_closed_form(strength, talk):
    """After k weeks of talk a leaf has heard with probability 1 - exp(-k w talk)."""
    leaves = 4000
    made = world(leaves + 1, [(0, i) for i in range(1, leaves + 1)], strength=strength, lived=[0])
    simulation = simulate(made, WordOfMouth(talk, 0), interventions=[told(uptake=1.0)])
    play(simulation, 1)
    assert state_of(simulation).aware().sum() == 1
    for weeks in range(1, 9):
        play(simulation, 1)
        heard = state_of(simulation).aware()[1:].mean()
        assert within(heard, 1 - math.exp(-weeks * strength * talk), leaves), weeks


def test_hazards_of_several_tellers_add_up():
    groups, tellers = 1500, 3
    n = groups * (tellers + 1)
    edges = [(g * 4, g * 4 + k) for g in range(groups) for k in (1, 2, 3)]
    everybody_but_the_centres = [i for i in range(n) if i % 4]
    strength = np.array([0.2 * (other - one) for one, other in edges])
    made = world(n, edges, strength=strength, lived=everybody_but_the_centres)
    item = told(number=len(everybody_but_the_centres))
    simulation = play(simulate(made, WordOfMouth(0.5, 0), interventions=[item]), 2)
    heard = state_of(simulation).aware()[::4].mean()
    assert within(heard, 1 - math.exp(-0.5 * (0.2 + 0.4 + 0.6)), groups)


def chains(rate, weeks, count=3000):
    """Return the share of ends of many chains 0 - 1 - 2 that have heard after some weeks of talk."""
    edges = [(3 * c + k, 3 * c + k + 1) for c in range(count) for k in (0, 1)]
    made = world(3 * count, edges, lived=range(0, 3 * count, 3))
    simulation = play(simulate(made, WordOfMouth(rate, 0), interventions=[told(number=count)]), weeks + 1)
    return state_of(simulation).aware()[2::3].mean()


def discrete(rate, weeks):
    """Chance that two steps of chance p each, in different weeks, are done: at least two successes in all."""
    p = 1 - math.exp(-rate)
    return 1 - (1 - p) ** weeks - weeks * p * (1 - p) ** (weeks - 1)


def continuous(rate, weeks):
    """Erlang: two exponential waiting times in a row."""
    return 1 - math.exp(-rate * weeks) * (1 + rate * weeks)


def test_continuous_time_si_is_the_limit_for_small_rates_and_differs_for_large():
    for rate, weeks in ((0.02, 50), (0.5, 2)):
        assert within(chains(rate, weeks), discrete(rate, weeks), 3000)
    assert abs(discrete(0.02, 50) - continuous(0.02, 50)) < 0.005
    assert discrete(0.5, 2) < continuous(0.5, 2) - 0.1
    assert not within(chains(0.5, 2), continuous(0.5, 2), 3000)


def test_final_reach_is_the_component_of_the_invited():
    graph, edges = random_graph(80, 60, 5)
    made = world(80, edges, lived=[11])
    simulation = play(simulate(made, WordOfMouth(CERTAIN, 0), interventions=[told()]), 90)
    state = state_of(simulation)
    assert set(np.flatnonzero(state.ever()).tolist()) == nx.node_connected_component(graph, 11)
    steps = nx.single_source_shortest_path_length(graph, 11)
    assert all(
        state.joined[i] == 1 + distance for i, distance in steps.items()
    )  # a step a week when telling is certain


# --- thresholds ----------------------------------------------------------------------------------------


def cascade(graph, seeds, contacts=None, share=None):
    """Return the week in which each joins: all look at their contacts at the same time, every week."""
    joined = dict.fromkeys(seeds, 1)
    week = 1
    while True:
        week += 1
        new = []
        for person in graph:
            friends = list(graph.neighbors(person))
            inside = sum(friend in joined for friend in friends)
            if person in joined or not friends:
                continue
            if (contacts is None or inside >= contacts) and (share is None or inside >= share * len(friends)):
                new.append(person)
        if not new:
            return joined
        joined.update(dict.fromkeys(new, week))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 200), seeds=st.integers(1, 8),
    rule=st.sampled_from([{"contacts": 1}, {"contacts": 2}, {"contacts": 3}, {"share": 0.25}, {"share": 0.5},
                          {"contacts": 2, "share": 0.4}]),
)  # fmt: skip
def test_with_universal_awareness_thresholds_are_a_deterministic_cascade(seed, seeds, rule):
    graph, edges = random_graph(40, 80, seed)
    first = list(range(0, 5 * seeds, 5))
    made = world(40, edges, lived=first)
    item = told(number=seeds, rule="threshold", broadcast=CERTAIN, talk=False, **rule)
    state = state_of(play(simulate(made, interventions=[item], seed=seed), 45))
    expected = cascade(graph, first, **rule)
    assert state.aware().all()
    assert {i: int(state.joined[i]) for i in range(40) if state.joined[i] != NEVER} == expected


def test_a_threshold_cascade_needs_clusters_as_in_centola():
    """Two contacts: a ring lattice is taken, the same number of ties at random is not (Centola & Macy 2007)."""
    lattice = nx.watts_strogatz_graph(60, 4, 0)
    rewired = nx.random_regular_graph(4, 60, seed=2)
    for graph, reach in ((lattice, 60), (rewired, len(cascade(rewired, [0, 1], contacts=2)))):
        made = world(60, sorted(tuple(sorted(edge)) for edge in graph.edges), lived=[0, 1])
        item = told(number=2, rule="threshold", contacts=2, broadcast=CERTAIN)
        state = state_of(play(simulate(made, interventions=[item]), 70))
        assert state.ever().sum() == reach
    assert reach < 30


# --- everything together -------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 300), uptake=st.sampled_from([0.0, 0.5, 1.0]), broadcast=st.sampled_from([0.0, 0.03]),
    aware=st.sampled_from([0.0, 0.1, 0.5]), participant=st.sampled_from([0.0, 0.2, 1.0]), talk=st.booleans(),
)  # fmt: skip
def test_who_hears_when_and_how_equals_a_slow_reference(
    make_community, seed, uptake, broadcast, aware, participant, talk
):
    made = make_community(residents=30, ties=70, seed=2)
    items = [
        told("club", by="random", number=3, uptake=uptake, broadcast=broadcast, talk=talk),
        told("choir", by="random", number=1),
    ]
    expected = slow_run(made, items, seed, 12, participant, aware)
    simulation = Simulation(made.copy(), [WordOfMouth(participant, aware)], items, seed)
    for week in range(1, 13):
        play(simulation, 1)
        for name in ("club", "choir"):
            state, slow = state_of(simulation, name), expected[week][name]
            assert state.heard.tolist() == slow.heard
            assert state.source.tolist() == slow.source
            assert state.heard_from.tolist() == slow.heard_from


# --- sources -------------------------------------------------------------------------------------------


def test_posters_and_word_of_mouth_are_counted_apart():
    """With one draw for both, a resident who would have heard either way counts as reached by posters."""
    n = 5000
    made = world(2 * n, [(2 * i, 2 * i + 1) for i in range(n)], lived=range(0, 2 * n, 2))
    made.columns.put(Column("posters", np.arange(2 * n) % 2 == 1))
    item = Intervention(
        "club", choose=Choose("lived_experience", number=n), spread=Spread(broadcast=0.2, broadcast_by="posters")
    )
    simulation = play(simulate(made, WordOfMouth(0.5, 0), interventions=[item]), 2)
    source = state_of(simulation).source
    assert (source[::2] == Source.INVITATION).all()
    by_poster, by_mouth = ((source[1::2] == kind).mean() for kind in (Source.BROADCAST, Source.WORD_OF_MOUTH))
    assert within(by_poster, 1 - math.exp(-0.4), n)  # posters in two weeks, talk only in the second
    assert within(by_mouth, math.exp(-0.2) * (math.exp(-0.2) - math.exp(-0.7)), n)


def test_each_source_works_without_the_other():
    edges = [(i, i + 1) for i in range(99)]
    only_posters = state_of(play(simulate(world(100, edges), WordOfMouth(1, 1), interventions=[
        told(by="nobody", number=None, broadcast=0.3, talk=False)]), 20))  # fmt: skip
    only_talk = state_of(play(simulate(world(100, edges, lived=[50]), WordOfMouth(1, 1), interventions=[told()]), 20))
    assert set(only_posters.source.tolist()) <= {Source.NONE, Source.BROADCAST}
    assert set(only_talk.source.tolist()) == {Source.NONE, Source.INVITATION, Source.WORD_OF_MOUTH}
    heard = np.flatnonzero(only_talk.aware())
    assert np.array_equal(heard, np.arange(heard[0], heard[-1] + 1))  # word runs along the path
    assert only_posters.aware().mean() > 0.9


def test_what_nobody_is_offered_and_nobody_announces_is_never_heard_of(make_community):
    for talk in (False, True):
        made = make_community(residents=60, ties=300)
        item = Intervention("club", choose=Choose("nobody"), spread=Spread(talk=talk))
        state = state_of(play(simulate(made, WordOfMouth(CERTAIN, CERTAIN), interventions=[item]), 30))
        assert not state.aware().any()
        assert (state.heard == NEVER).all()


def test_what_is_not_talked_about_stays_with_the_invited(make_community):
    reached = []
    for talk in (False, True):
        made = make_community(residents=60, ties=300)
        item = told(by="random", number=5, talk=talk)
        reached.append(state_of(play(simulate(made, WordOfMouth(1, 1), interventions=[item]), 30)).aware().sum())
    assert reached[0] == 5
    assert reached[1] > 40


def test_residents_without_ties_hear_nothing():
    made = world(10, [(0, 1)], lived=[0])
    state = state_of(play(simulate(made, WordOfMouth(CERTAIN, CERTAIN), interventions=[told()]), 10))
    assert np.flatnonzero(state.aware()).tolist() == [0, 1]


def test_word_reaches_people_who_are_not_eligible_and_passes_through_them():
    made = world(3, [(0, 1), (1, 2)], lived=[0, 2])
    item = Intervention(
        "club", who=(Condition("lived_experience", is_in=(True,)),), choose=Choose("random", number=1),
    )  # fmt: skip
    state = state_of(play(simulate(made, WordOfMouth(CERTAIN, CERTAIN), interventions=[item]), 4))
    assert state.status.tolist() == [Status.TAKING_PART, Status.AWARE, Status.TAKING_PART]


# --- from whom -----------------------------------------------------------------------------------------


def test_everybody_who_was_told_was_told_by_somebody_she_knows_who_knew_before(make_community):
    made = make_community(residents=200, ties=500)
    items = [told("club", by="random", number=5, uptake=0.6, broadcast=0.01), told("choir", by="random", number=2)]
    simulation = play(Simulation(made.copy(), [WordOfMouth(0.3, 0.1)], items, 1), 30)
    for name in ("club", "choir"):
        state = state_of(simulation, name)
        by_mouth = state.source == Source.WORD_OF_MOUTH
        assert by_mouth.sum() > 50
        assert np.array_equal(by_mouth, state.heard_from >= 0)
        for i in np.flatnonzero(by_mouth).tolist():
            teller = state.heard_from[i]
            assert teller in made.ties.neighbours(i)
            assert state.heard[teller] < state.heard[i]


def test_on_a_path_everybody_is_told_by_the_one_before():
    made = world(9, [(i, i + 1) for i in range(8)], lived=[0])
    state = state_of(play(simulate(made, WordOfMouth(CERTAIN, 0), interventions=[told()]), 9))
    assert state.heard_from.tolist() == [-1, *range(8)]
    back = state_of(play(simulate(world(9, [(i, i + 1) for i in range(8)], lived=[8]), WordOfMouth(CERTAIN, 0),
                                  interventions=[told()]), 9))  # fmt: skip
    assert back.heard_from.tolist() == [*range(1, 9), -1]


def test_the_lot_among_tellers_is_in_proportion_to_their_hazards():
    """Three contacts with ties of 0.2, 0.4 and 0.6, of whom the second merely knows: chances 2 : 1 : 6 of 9."""
    groups = 6000
    edges = [(g * 4, g * 4 + k) for g in range(groups) for k in (1, 2, 3)]
    made = world(4 * groups, edges, strength=np.array([0.2 * (b - a) for a, b in edges]))
    item = told(by="nobody", number=None)
    simulation = simulate(made, WordOfMouth(0.8, 0.2), interventions=[item])
    state = state_of(simulation)
    for k in (1, 2, 3):
        state.status[k::4] = Status.DECLINED if k == 2 else Status.TAKING_PART
        state.joined[k::4] = NEVER if k == 2 else 0
    simulation.refresh()
    play(simulation, 1)
    tellers = state.heard_from[::4]
    heard = tellers >= 0
    assert within(heard.mean(), 1 - math.exp(-0.8 * 0.8 - 0.2 * 0.4), groups)
    for k, hazard in ((1, 0.16), (2, 0.08), (3, 0.48)):
        assert within((tellers[heard] % 4 == k).mean(), hazard / 0.72, heard.sum()), k


def test_who_told_is_not_asked_of_posters_and_invitations():
    n = 400
    made = world(2 * n, [(2 * i, 2 * i + 1) for i in range(n)], lived=range(0, 2 * n, 2))
    item = told(number=n, broadcast=0.3)
    state = state_of(play(simulate(made, WordOfMouth(0.5, 0), interventions=[item]), 6))
    assert set(state.source[1::2].tolist()) >= {Source.BROADCAST, Source.WORD_OF_MOUTH}
    told_by = state.heard_from
    assert (told_by[::2] == -1).all()
    assert np.array_equal(told_by[1::2] >= 0, state.source[1::2] == Source.WORD_OF_MOUTH)
    assert (told_by[told_by >= 0] == np.flatnonzero(told_by >= 0) - 1).all()


def test_another_contact_who_talks_changes_only_whom_she_tells_first():
    """A pair's lot is its own: whoever is told by somebody else was told by her before, if she was told at all."""
    groups = 800
    edges = [(g * 4, g * 4 + k) for g in range(groups) for k in (1, 2, 3)]
    found = []
    for talkers in ((1, 2), (1, 2, 3)):
        made = world(4 * groups, edges, lived=[g * 4 + k for g in range(groups) for k in talkers])
        item = told(number=groups * len(talkers))
        found.append(state_of(play(simulate(made, WordOfMouth(0.7, 0), interventions=[item]), 2)).heard_from[::4])
    fewer, more = found
    both = (fewer >= 0) & (more >= 0)
    assert both.sum() > 300
    changed = both & (fewer != more)
    assert changed.any()
    assert (more[changed] % 4 == 3).all()


# --- who talks how much --------------------------------------------------------------------------------


def test_participants_tell_about_seven_times_as_often_as_others_who_know():
    assert evidence.value("word_of_mouth.talk_participant") / evidence.value(
        "word_of_mouth.talk_aware"
    ) == pytest.approx(7, abs=0.5)
    default = WordOfMouth()
    leaves = 20_000
    edges = [(hub, 2 + hub * leaves + i) for hub in (0, 1) for i in range(leaves)]
    made = world(2 + 2 * leaves, edges, lived=[0])
    simulation = simulate(made, default, interventions=[told(uptake=1.0)])
    play(simulation, 1)
    state_of(simulation).status[1] = Status.DECLINED  # the other hub knows and does not take part
    simulation.refresh()
    play(simulation, 1)
    heard = state_of(simulation).aware()[2:].reshape(2, leaves).mean(axis=1)
    assert within(heard[0], 1 - math.exp(-default.talk_participant), leaves)
    assert within(heard[1], 1 - math.exp(-default.talk_aware), leaves)


@pytest.mark.parametrize(
    ("status", "joined", "talks"),
    [(Status.UNAWARE, False, 0.0), (Status.AWARE, False, 0.01), (Status.WAITING, False, 0.01),
     (Status.DECLINED, False, 0.01), (Status.TAKING_PART, True, 0.07), (Status.COMPLETED, True, 0.07),
     (Status.DROPPED_OUT, True, 0.07)],
)  # fmt: skip
def test_how_much_somebody_talks_depends_on_how_far_she_has_come(status, joined, talks):
    made = world(2, [(0, 1)])
    simulation = simulate(made, WordOfMouth(0.07, 0.01), interventions=[told(by="nobody", number=None)])
    state = state_of(simulation)
    state.status[0] = status
    state.joined[0] = 1 if joined else NEVER
    assert WordOfMouth(0.07, 0.01).derive(made)["talk: club"].tolist() == [talks, 0.0]


@pytest.mark.parametrize("settings_", [{"talk_participant": -0.1}, {"talk_aware": -0.1}])
def test_negative_talk_is_refused(settings_):
    with pytest.raises(ValueError, match="must not be negative"):
        WordOfMouth(**settings_)


def test_a_resident_hears_only_once():
    made = world(30, [(i, j) for i in range(30) for j in range(i)], lived=[0])
    simulation = simulate(made, WordOfMouth(0.05, 0.05), interventions=[told(broadcast=0.05)])
    before = np.full(30, NEVER)
    for _ in range(20):
        play(simulation, 1)
        heard = state_of(simulation).heard
        known = before != NEVER
        assert np.array_equal(heard[known], before[known])
        before = heard.copy()
    assert (before != NEVER).all()
