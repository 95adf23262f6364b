"""Measures: each against a loop over residents and ties, and on networks whose answer is known."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import play, simulate, world

from sim import evidence
from sim.community.columns import Column
from sim.community.participation import Status
from sim.interventions.effects.shift import Shift
from sim.interventions.effects.tie import Tie
from sim.interventions.spec import Choose, Cost, Intervention, Runs, Spread
from sim.measures import MEASURES, READS, often_lonely_cut, soft_share, values_of
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
            cost=Cost(fixed=500, per_participant_week=31),
        ),
        Intervention(
            "talks", choose=Choose("random", share=0.2), runs=Runs(start=3, dropout=0.04), spread=Spread(uptake=0.7),
            effects=(Shift(stigma=-0.1, when="each_week"), Shift(self_stigma=-0.2)), cost=Cost(per_week=75),
        ),
    ]  # fmt: skip
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
    "support": slow_support,
    "bridging": slow_bridging,
    "access": lambda s: s.average(lambda i: any(s.influence[j] for j, *_ in s.of(i))),
    "aware": lambda s: s.status(*(status for status in Status if status != Status.UNAWARE)),
    "taking_part": lambda s: s.status(Status.TAKING_PART),
    "reached": lambda s: s.status(Status.TAKING_PART, Status.COMPLETED, Status.DROPPED_OUT),
    "waiting": lambda s: s.status(Status.WAITING),
    "completed": lambda s: s.status(Status.COMPLETED),
    "dropped_out": lambda s: s.status(Status.DROPPED_OUT),
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
    assert mean(name, still.look) == pytest.approx(REFERENCES[name](Slow(still)), abs=1e-9)


# --- bounds and what a measure says of itself -----------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_says_what_it_is(name):
    measure = MEASURES[name]
    assert measure.name == name
    assert measure.label == measure.label.strip() != ""
    assert measure.label[0].islower() or measure.label.startswith("UCLA")
    assert measure.description.endswith(".")
    assert measure.description[0].isupper()
    assert measure.better in ("lower", "higher", "")
    assert not (measure.is_share and measure.is_total)
    assert not (measure.is_share and measure.unit)  # shares have no unit
    assert measure.is_share == measure.description.startswith("Share of residents")


def test_which_way_is_good():
    lower = {"loneliness", "often_lonely", "ucla_lonely", "stigma", "self_stigma", "no_close_friend", "isolated",
             "waiting", "dropped_out", "cost"}  # fmt: skip
    higher = {"contact", "ties", "support", "bridging", "access"}
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
