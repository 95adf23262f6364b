"""Measures: each against a loop over residents and ties, and on networks whose answer is known."""

from __future__ import annotations

import math
from statistics import NormalDist

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import complete, play, simulate, world

from sim import compiled, evidence
from sim.community.columns import Column
from sim.community.participation import NEVER, Source, Status
from sim.interventions.effects.shift import Shift
from sim.interventions.effects.tie import Tie
from sim.interventions.spec import Choose, Cost, Intervention, Runs, Spread
from sim.measures import (
    COMPARED,
    COST_KINDS,
    ESTIMANDS,
    MEASURES,
    QUARTER,
    READS,
    YEAR,
    is_worse_off,
    often_lonely_cut,
    outcome_of_worse_off,
    soft_share,
    values_of,
)
from sim.mechanisms import Engagement, WordOfMouth

SHARES = [name for name, measure in MEASURES.items() if measure.is_share]


def mean(name, look):
    values, weights = values_of(name, look)
    total = sum(values.tolist())
    if MEASURES[name].is_total:
        return total
    weight = float(len(values)) if weights is None else sum(weights.tolist())
    return total / weight if weight else math.nan


@pytest.fixture(scope="module")
def lively(make_community):
    """A community in which everything has moved: two programmes, ties made, people who left and who wait."""
    made = make_community(residents=90, ties=150)
    items = [
        Intervention(
            "befriending", choose=Choose("random", number=30), runs=Runs(places=12, length=9, dropout=0.05),
            effects=(Tie("volunteer", "befriender", 0.5, supports="one"),),
            cost=Cost(
                fixed=500, per_participant=20, per_participant_week=31, per_attendance=3, per_volunteer_week=4,
                volunteer_hours=2, per_volunteer_hour=11,
            ),
        ),
        Intervention(
            "talks", choose=Choose("random", share=0.2), runs=Runs(start=3, dropout=0.04), spread=Spread(uptake=0.7),
            effects=(Shift(stigma=-0.1, when="each_week"), Shift(self_stigma=-0.2)), cost=Cost(per_week=75),
        ),
    ]  # fmt: skip
    made.ties.code("choir")  # a kind that a survey names
    free = [(i, j) for i, j in ((0, 1), (2, 3), (4, 9), (11, 30)) if not made.ties.has([i], [j])[0]]
    made.ties.add([i for i, _ in free], [j for _, j in free], 0.5, "choir")
    return play(simulate(made, WordOfMouth(0.1, 0.02), interventions=items), 25)


# --- slow references -----------------------------------------------------------------------------------


class Slow:
    """A community at the end of a week, as dictionaries and lists."""

    def __init__(self, simulation):
        community = simulation.community
        self.n = len(community)
        self.people = range(self.n)
        self.lived = community.flag("lived_experience").tolist()
        self.disclosed = community.flag("disclosed").tolist()
        self.influence = community.flag("influence").tolist()
        self.participation = community.participation
        self.now, self.then = {}, {}
        for name in ("stigma", "self_stigma", "loneliness"):
            column = community.columns.outcome(name)
            latent = (column.values + column.moved).tolist()
            self.now[name] = [min(1.0, max(0.0, value)) for value in latent]
            self.then[name] = [min(1.0, max(0.0, value)) for value in column.values.tolist()]
        pairs = community.ties.pairs()
        self.ties = [
            (int(a), int(b), float(w), community.ties.kinds[k], bool(one), bool(other))
            for a, b, w, k, one, other in zip(
                pairs["one"], pairs["other"], pairs["strength"], pairs["kind"],
                pairs["supports_one"], pairs["supports_other"], strict=True,
            )
        ]  # fmt: skip
        self.made = {(int(a), int(b)) for a, b, maker in zip(pairs["one"], pairs["other"], pairs["maker"], strict=True)
                     if maker >= 0}  # fmt: skip

    def of(self, person):
        """Return (neighbour, strength, kind, supports) for each tie of a resident."""
        mine = [(b, w, kind, one) for a, b, w, kind, one, _ in self.ties if a == person]
        return mine + [(a, w, kind, other) for a, b, w, kind, _, other in self.ties if b == person]

    def average(self, value):
        return sum(value(i) for i in self.people) / self.n

    def lived_factor(self, i, j):
        engagement = [
            min(1.5, max(0.0, 1 - Engagement().withdrawal * (self.now["self_stigma"][p] - self.then["self_stigma"][p])))
            for p in (i, j)
        ]
        factor = engagement[0] * engagement[1]
        for known, other in ((i, j), (j, i)):
            if self.disclosed[known]:
                change = self.now["stigma"][other] - self.then["stigma"][other]
                factor *= min(1.5, max(0.0, 1 - Engagement().rejection * change))
        return factor

    def status(self, *wanted):
        return self.average(lambda i: any(state.status[i] in wanted for state in self.participation.values()))


def slow_bridging(slow):
    crossing = sum(w for a, b, w, *_ in slow.ties if slow.lived[a] != slow.lived[b])
    return crossing / sum(w for _, _, w, *_ in slow.ties)


def slow_support(slow):
    weights = evidence.value("ties.support_weight")
    return slow.average(
        lambda i: sum(
            w * weights.get(kind, weights["made"]) * slow.lived_factor(i, j)
            for j, w, kind, supports in slow.of(i)
            if supports
        )
    )


def slow_often(slow):
    softness = 0.5 / 6

    def chance(x, cut):
        return NormalDist().cdf((x - cut) / softness)

    low, high = -1.0, 2.0
    for _ in range(200):
        cut = (low + high) / 2
        if sum(chance(x, cut) for x in slow.then["loneliness"]) / slow.n > 0.07:
            low = cut
        else:
            high = cut
    return slow.average(lambda i: chance(slow.now["loneliness"][i], cut))


def slow_self_stigma(slow):
    concerned = [i for i in slow.people if slow.lived[i]]
    return sum(slow.now["self_stigma"][i] for i in concerned) / len(concerned)


ORDINARY = ("household", "family", "friend", "neighbour", "group")


def slow_other(slow, made):
    count = sum(1 for a, b, _, kind, *_ in slow.ties if kind not in ORDINARY and ((a, b) in slow.made) == made)
    return 2 * count / slow.n


def slow_bridging_relative(slow):
    """Return the share that crosses over 2 A B / (A + B)^2, as it is defined."""
    strength = [0.0, 0.0]
    for a, b, w, *_ in slow.ties:
        strength[slow.lived[a]] += w
        strength[slow.lived[b]] += w
    by_chance = 2 * strength[0] * strength[1] / sum(strength) ** 2
    return slow_bridging(slow) / by_chance


def slow_bridging_known(slow):
    known = [slow.lived[i] and slow.disclosed[i] for i in slow.people]
    crossing = sum(w for a, b, w, *_ in slow.ties if known[a] != known[b])
    return crossing / sum(w for _, _, w, *_ in slow.ties)


def graph_of(slow):
    graph = nx.Graph()
    graph.add_nodes_from(slow.people)
    graph.add_edges_from((a, b) for a, b, *_ in slow.ties)
    return graph


def slow_clustering(slow):
    """Return the mean over those who have a pair of contacts: networkx counts the others as zero."""
    graph = graph_of(slow)
    local = nx.clustering(graph)
    return sum(local.values()) / sum(1 for i in slow.people if graph.degree(i) > 1)


def slow_through_ties(slow):
    uptakes = [
        state.source[i] == Source.WORD_OF_MOUTH
        for state in slow.participation.values()
        for i in slow.people
        if state.joined[i] != NEVER
    ]
    return sum(uptakes) / len(uptakes) if uptakes else math.nan


def slow_reproduction(slow):
    offspring = early = 0
    for state in slow.participation.values():
        joined = {i: int(state.joined[i]) for i in slow.people if state.joined[i] != NEVER}
        first = min(joined.values(), default=0)
        for i, week in joined.items():
            if week - first < 13:
                early += 1
                offspring += sum(1 for k, then in joined.items() if state.heard_from[k] == i and 0 <= then - week <= 52)
    return offspring / early if early else math.nan


def slow_cost(kind):
    return lambda slow: sum(state.spending.get(kind, 0.0) for state in slow.participation.values())


REFERENCES = {
    "loneliness": lambda s: s.average(lambda i: s.now["loneliness"][i]),
    "often_lonely": slow_often,
    "ucla_lonely": lambda s: s.average(lambda i: math.floor(s.now["loneliness"][i] * 6 + 3 + 0.5) >= 6),
    "stigma": lambda s: s.average(lambda i: s.now["stigma"][i]),
    "self_stigma": slow_self_stigma,
    "contact": lambda s: s.average(
        lambda i: 1 - math.exp(-sum(w for j, w, *_ in s.of(i) if s.lived[j] and s.disclosed[j]))
    ),
    "no_close_friend": lambda s: s.average(lambda i: not any(kind == "friend" for _, _, kind, _ in s.of(i))),
    "isolated": lambda s: s.average(
        lambda i: not any(kind in ("household", "family", "friend") for _, _, kind, _ in s.of(i))
    ),
    "ties": lambda s: s.average(lambda i: len(s.of(i))),
    **{
        f"ties_{kind}": (lambda s, kind=kind: s.average(lambda i: sum(k == kind for _, _, k, _ in s.of(i))))
        for kind in ORDINARY
    },
    "ties_other": lambda s: slow_other(s, made=False),
    "ties_made": lambda s: slow_other(s, made=True),
    "support": slow_support,
    "bridging": slow_bridging,
    "bridging_relative": slow_bridging_relative,
    "bridging_known": slow_bridging_known,
    "access": lambda s: s.average(lambda i: any(s.influence[j] for j, *_ in s.of(i))),
    "largest_component": lambda s: max(map(len, nx.connected_components(graph_of(s)))) / s.n,
    "clustering": slow_clustering,
    "transitivity": lambda s: nx.transitivity(graph_of(s)),
    "aware": lambda s: s.status(*(status for status in Status if status != Status.UNAWARE)),
    "taking_part": lambda s: s.status(Status.TAKING_PART),
    "reached": lambda s: s.status(Status.TAKING_PART, Status.COMPLETED, Status.DROPPED_OUT),
    "waiting": lambda s: s.status(Status.WAITING),
    "completed": lambda s: s.status(Status.COMPLETED),
    "dropped_out": lambda s: s.status(Status.DROPPED_OUT),
    "through_ties": slow_through_ties,
    "reproduction": slow_reproduction,
    **{f"cost_{kind}": slow_cost(kind) for kind in COST_KINDS},
    "cost": lambda s: sum(sum(state.spending.values()) for state in s.participation.values()),
    "residents": lambda s: s.n,
}  # fmt: skip


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_equals_a_loop_over_residents_and_ties(lively, name):
    got, expected = mean(name, lively.look), REFERENCES[name](Slow(lively))
    assert got == pytest.approx(expected, abs=1e-9)
    assert got > 0  # the community is lively enough to tell a measure from nothing


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_at_rest_equals_the_loop_too(make_community, name):
    still = simulate(make_community(residents=40, ties=70, seed=7))
    assert mean(name, still.look) == pytest.approx(REFERENCES[name](Slow(still)), abs=1e-9, nan_ok=True)


# --- bounds and what a measure says of itself -----------------------------------------------------------


@pytest.mark.parametrize("name", COMPARED)
def test_a_measure_says_what_it_is(name):
    measure = COMPARED[name]
    assert measure.name == name
    assert measure.label == measure.label.strip() != ""
    assert measure.label[0].islower() or measure.label.startswith("UCLA")
    assert measure.description.endswith(".")
    assert measure.description[0].isupper()
    assert measure.better in ("lower", "higher", "")
    assert not (measure.is_share and measure.is_total)
    assert not (measure.is_share and measure.unit)  # shares have no unit
    assert measure.is_share == measure.description.startswith("Share of residents")
    assert measure.every in (1, QUARTER, YEAR)
    assert measure.every == 1 or (measure.is_detail and not measure.personal)  # averages of residents need all weeks


def test_which_way_is_good():
    lower = {"loneliness", "often_lonely", "ucla_lonely", "stigma", "self_stigma", "no_close_friend", "isolated",
             "waiting", "dropped_out", "cost", *(f"cost_{kind}" for kind in COST_KINDS)}  # fmt: skip
    higher = {"contact", "ties", "support", "bridging", "access", "bridging_relative", "bridging_known",
              "largest_component", "ties_other", *(f"ties_{kind}" for kind in ORDINARY)}  # fmt: skip
    assert {name for name, measure in MEASURES.items() if measure.better == "lower"} == lower
    assert {name for name, measure in MEASURES.items() if measure.better == "higher"} == higher


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 99), size=st.sampled_from([-3.0, -0.2, 0.2, 3.0]))
def test_shares_and_scales_stay_within_0_and_1_whatever_happens(make_community, seed, size):
    item = Intervention(
        "talks", choose=Choose("random", share=0.5), runs=Runs(length=4, dropout=0.1),
        effects=(
            Shift(stigma=size, when="each_week"), Shift(loneliness=size), Shift(self_stigma=size), Tie("participants"),
        ),
    )  # fmt: skip
    simulation = simulate(make_community(residents=30, ties=60, seed=seed + 1), interventions=[item], seed=seed)
    for _ in range(8):
        play(simulation, 1)
        for name, measure in MEASURES.items():
            values, weights = values_of(name, simulation.look)
            assert values.shape == (30,)
            assert values.dtype == np.float64
            assert np.isfinite(values).all()
            if measure.is_share or measure.unit == "0-1":
                top = np.ones(30) if weights is None else weights
                assert (values >= 0).all()
                assert (values <= top + 1e-12).all()


def test_every_sum_that_measures_read_is_taken():
    simulation = simulate(world(3, [(0, 1)]))
    assert set(READS) <= set(simulation.sums)


def test_measures_change_nothing(make_community):
    looked, unseen = simulate(make_community(), seed=3), simulate(make_community(), seed=3)
    for _ in range(5):
        for name in MEASURES:
            values_of(name, looked.look)
        play(looked, 1)
        play(unseen, 1)
    for outcome in ("stigma", "self_stigma", "loneliness"):
        assert np.array_equal(looked.community.observed(outcome), unseen.community.observed(outcome))


# --- often lonely --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1, 6))
def test_often_lonely_starts_at_the_share_of_the_population(make_community, seed):
    simulation = simulate(make_community(residents=150, seed=seed))
    assert mean("often_lonely", simulation.look) == pytest.approx(0.07, abs=1e-9)


def test_the_cut_is_set_at_week_0_and_stays():
    made = world(200, [], loneliness=np.linspace(0, 0.9, 200))
    item = Intervention("hurt", effects=(Shift(loneliness=0.1, response_cv=0, persistence=1),))
    simulation = simulate(made, interventions=[item])
    cut = simulation.often_lonely_cut
    play(simulation, 60)
    assert simulation.look.often_lonely_cut == cut
    assert mean("often_lonely", simulation.look) > 0.12


def test_the_softened_cut_is_a_normal_distribution_function_of_half_a_point():
    cut = 0.6
    assert soft_share(np.array([cut]), cut)[0] == 0.5
    one_softness_above = soft_share(np.array([cut + 0.5 / 6]), cut)[0]
    assert one_softness_above == pytest.approx(NormalDist().cdf(1), abs=1e-12)
    alike = np.full(50, 0.3)
    assert often_lonely_cut(alike) == pytest.approx(0.3 - NormalDist().inv_cdf(0.07) * 0.5 / 6, abs=1e-9)


def test_ucla_lonely_begins_where_a_score_rounds_to_six():
    """Scores are spread within half a point to either side when a community is made."""
    scores = np.array([3, 4, 5, 5.49, 5.5, 6, 7, 9])
    simulation = simulate(world(8, [], loneliness=(scores - 3) / 6))
    assert values_of("ucla_lonely", simulation.look)[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


# --- networks whose answer is known --------------------------------------------------------------------


def test_ties_by_kind_add_up_to_all_ties(lively):
    kinds = [name for name in MEASURES if name.startswith("ties_")]
    added = sum(values_of(name, lively.look)[0] for name in kinds)
    assert added.tolist() == values_of("ties", lively.look)[0].tolist()
    assert len(kinds) == 7


def test_costs_by_kind_add_up_to_the_cost_and_no_kind_is_forgotten(lively):
    for state in lively.community.participation.values():
        assert set(state.spending) <= set(COST_KINDS)
    assert sum(mean(f"cost_{kind}", lively.look) for kind in COST_KINDS) == pytest.approx(mean("cost", lively.look))


def test_bridging_relative_is_1_where_ties_take_no_notice_of_the_line():
    """Everybody is tied to everybody, oneself left out: a little above 1, and exactly so much."""
    made = world(6, complete(6), lived=[0, 1])
    by_chance = 2 * 10 * 20 / 30**2
    assert mean("bridging_relative", simulate(made).look) == pytest.approx(8 / 15 / by_chance)
    apart = world(4, [(0, 1), (2, 3)], lived=[0, 1])
    assert mean("bridging_relative", simulate(apart).look) == 0
    assert math.isnan(mean("bridging_relative", simulate(world(4, [(0, 1)])).look))  # there is no line
    assert math.isnan(mean("bridging_relative", simulate(world(4, [], lived=[0])).look))  # there are no ties


def test_bridging_that_is_known_counts_only_people_who_are_open():
    made = world(4, [(0, 1), (0, 2), (1, 3)], strength=[0.5, 0.25, 0.25], lived=[0, 1], disclosed=[0, 3])
    assert mean("bridging_known", simulate(made).look) == pytest.approx(0.75)


def test_the_shape_of_known_networks():
    triangle_and_tail = world(7, [(0, 1), (1, 2), (0, 2), (2, 3), (4, 5)])
    look = simulate(triangle_and_tail).look
    assert values_of("largest_component", look)[0].tolist() == [1, 1, 1, 1, 0, 0, 0]
    assert values_of("clustering", look)[0].tolist() == pytest.approx([1, 1, 1 / 3, 0, 0, 0, 0])
    assert mean("clustering", look) == pytest.approx((1 + 1 + 1 / 3) / 3)
    assert mean("transitivity", look) == pytest.approx(3 / 5)
    full = simulate(world(8, complete(8))).look
    assert [mean(name, full) for name in ("largest_component", "clustering", "transitivity")] == [1, 1, 1]
    tree = simulate(world(7, [(0, i) for i in range(1, 7)])).look
    assert [mean(name, tree) for name in ("clustering", "transitivity")] == [0, 0]
    empty = simulate(world(3, [])).look
    assert mean("largest_component", empty) == pytest.approx(1 / 3)
    assert math.isnan(mean("clustering", empty))


@settings(max_examples=30, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1])))
def test_triangles_and_connected_parts_are_those_of_networkx(edges):
    made = world(12, sorted(edges))
    graph = nx.Graph(sorted(edges))
    graph.add_nodes_from(range(12))
    ties, label = made.ties, np.empty(12, np.int32)
    compiled.components(ties.start, ties.length, ties.neighbour, label)
    parts = list(nx.connected_components(graph))
    assert label.tolist() == [min(next(part for part in parts if i in part)) for i in range(12)]
    look = simulate(made).look
    assert look.triangles().tolist() == [nx.triangles(graph, i) for i in range(12)]
    ended = sorted(edges)[::2]
    ties.remove([a for a, _ in ended], [b for _, b in ended])
    graph.remove_edges_from(ended)
    assert look.triangles().tolist() == [nx.triangles(graph, i) for i in range(12)]  # not those of before


def test_the_reproduction_number_counts_those_who_were_brought_in_by_the_first():
    simulation = simulate(world(8, []), interventions=[Intervention("club", choose=Choose("nobody"))])
    state = simulation.community.participation["club"]
    state.joined[:6] = [5, 17, 18, 20, 57, 58]  # the first 13 weeks are 5 to 17
    state.heard_from[:7] = [-1, 0, 0, 2, 0, 0, 1]  # 6 was told and never joined, 3 was told by one who came late
    assert mean("reproduction", simulation.look) == 3 / 2  # 1, 2 and 4: in the 52nd week after; 5 one week too late
    assert values_of("reproduction", simulation.look)[0].tolist() == [3, 0, 0, 0, 0, 0, 0, 0]
    assert math.isnan(mean("reproduction", simulate(world(3, [])).look))


def test_uptake_through_ties_counts_only_those_who_joined():
    simulation = simulate(world(5, []), interventions=[Intervention("club", choose=Choose("nobody"))])
    state = simulation.community.participation["club"]
    state.source[:4] = [Source.WORD_OF_MOUTH, Source.WORD_OF_MOUTH, Source.INVITATION, Source.BROADCAST]
    state.joined[[0, 2, 3]] = 4
    assert mean("through_ties", simulation.look) == pytest.approx(1 / 3)


def test_who_is_worse_off():
    assert is_worse_off(np.array([0.2, 0.0501, 0.05, 0.0, -0.2, np.nan])).tolist() == [True, True] + [False] * 4
    assert outcome_of_worse_off("stigma") == "stigma"
    assert outcome_of_worse_off("ties") == outcome_of_worse_off("often_lonely") == "loneliness"
    assert set(COMPARED) - set(MEASURES) == {"worse_off"}
    assert not set(ESTIMANDS) & {"all"}


def test_bridging_is_the_share_of_strength_that_crosses():
    made = world(5, [(0, 1), (1, 2), (2, 3)], strength=[0.5, 1.0, 0.25], lived=[0, 1])
    assert mean("bridging", simulate(made).look) == pytest.approx(1.0 / 1.75)
    apart = world(4, [(0, 1), (2, 3)], lived=[0, 1])
    assert mean("bridging", simulate(apart).look) == 0
    crossing = world(4, [(0, 2), (0, 3), (1, 2)], lived=[0, 1])
    assert mean("bridging", simulate(crossing).look) == 1
    assert math.isnan(mean("bridging", simulate(world(3, [], lived=[0])).look))


def test_a_bridging_tie_raises_bridging():
    made = world(6, [(0, 1), (2, 3), (4, 5)], lived=[0, 1])
    item = Intervention(
        "bridges", choose=Choose("lived_experience", number=1), effects=(Tie("across_group", strength=1.0),)
    )
    simulation = simulate(made, interventions=[item])
    assert mean("bridging", simulation.look) == 0
    play(simulation, 1)
    assert mean("bridging", simulation.look) == pytest.approx(1 / 4)


def test_isolation_friends_and_ties_on_a_known_network():
    edges = [(0, 1), (1, 2), (3, 4), (4, 5)]
    kinds = ["family", "friend", "neighbour", "group"]
    look = simulate(world(7, edges, kinds=kinds)).look
    assert values_of("isolated", look)[0].tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert values_of("no_close_friend", look)[0].tolist() == [1, 0, 0, 1, 1, 1, 1]
    assert values_of("ties", look)[0].tolist() == [1, 2, 1, 1, 2, 1, 0]


def test_access_is_a_tie_to_somebody_with_influence():
    made = world(5, [(0, 1), (1, 2), (3, 4)])
    made.columns.put(Column("influence", np.arange(5) == 1))
    assert values_of("access", simulate(made).look)[0].tolist() == [1, 0, 1, 0, 0]


def test_contact_counts_only_people_who_have_disclosed():
    made = world(4, [(0, 1), (0, 2), (0, 3)], strength=[0.5, 0.7, 0.9], lived=[1, 2], disclosed=[1, 3])
    values = values_of("contact", simulate(made).look)[0]
    assert values == pytest.approx([1 - math.exp(-0.5), 0, 0, 0])


def test_self_stigma_is_that_of_the_people_concerned():
    made = world(4, [], lived=[1, 2], self_stigma=[0.9, 0.2, 0.4, 0.9])
    assert mean("self_stigma", simulate(made).look) == pytest.approx(0.3)
    assert math.isnan(mean("self_stigma", simulate(world(4, [])).look))


def test_without_interventions_nobody_is_aware_and_nothing_is_spent(make_community):
    look = play(simulate(make_community()), 2).look
    for name in ("aware", "taking_part", "reached", "waiting", "completed", "dropped_out", "cost"):
        assert mean(name, look) == 0


def test_a_resident_in_two_programmes_counts_once():
    items = [Intervention("one"), Intervention("two", cost=Cost(fixed=10))]
    look = play(simulate(world(4, []), interventions=items), 1).look
    for name in ("aware", "taking_part", "reached"):
        assert mean(name, look) == 1
    assert mean("cost", look) == 10
