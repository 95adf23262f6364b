"""One unit of work: every scenario on a copy with the same luck, and the tables that come of it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from worlds import complete, play, simulate, world

from sim.community.community import Community
from sim.community.places import Place
from sim.community.ties import Ties
from sim.interventions.effects import Close, EndTies, Shift, Tie
from sim.interventions.spec import Choose, Condition, Cost, Intervention, Runs, Spread
from sim.measures import COMPARED, ESTIMANDS, MEASURES, values_of
from sim.mechanisms import ChangingTies, Influence, Loneliness, SelfStigma, WordOfMouth, defaults
from sim.rules import Proposal
from sim.run import GROUP_EVERY, play_unit
from sim.scenario.plan import Plan, Scenario, Target

OUTCOMES = (
    "loneliness",
    "often_lonely",
    "ucla_lonely",
    "stigma",
    "self_stigma",
    "contact",
    "support",
    "bridging",
    "ties",
)


OF_UPTAKE = {"through_ties", "reproduction"}
"""Measures that are not defined where nobody takes part."""


@dataclass(frozen=True)
class Source:
    """Hands out one and the same community."""

    make: Callable[[int], Community]

    def build(self, seed: int) -> Community:
        return self.make(seed)


def plan_of(make, scenarios, *, weeks=20, mechanisms=None, baseline="baseline"):
    """Return a plan of scenarios, each given by its interventions."""
    made = {
        name: Scenario(
            name=name, file="", title=name, question="", outcome="loneliness", better="lower", weeks=weeks, seeds=3,
            communities=3, source=Source(make), mechanisms=tuple(mechanisms or defaults()), interventions=tuple(items),
        )
        for name, items in scenarios.items()
    }  # fmt: skip
    return Plan(
        name="test", scenarios=made, baseline=baseline, title="", question="", outcome="loneliness", better="lower",
        weeks=weeks, seeds=3, communities=3,
    )  # fmt: skip


def same(one, other):
    """Fail unless two tables are the same to the bit."""
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True), check_exact=True)


def differences(unit, name):
    """Return every value of a scenario beside the baseline's, as a table."""
    keys = ["week", "group", "measure"]
    table = unit.series.astype({"group": str, "measure": str})
    table = table[~table.measure.isin(OF_UPTAKE)]  # nothing to compare with: nobody takes part in the baseline
    mine, base = (table[table.scenario == which].set_index(keys).value for which in (name, "baseline"))
    assert mine.index.equals(base.index)
    return (mine - base).rename("difference").reset_index()


def without_turnover():
    """Return the mechanisms under which nothing moves by itself."""
    return [replace(item, turnover=False) if item.name == "ties" else item for item in defaults()]


def club(name="club", *effects, **settings):
    return Intervention(name, effects=effects, **settings)


BEFRIENDING = club(
    "befriending", Tie("volunteer", "befriender", 0.4, supports="one"),
    choose=Choose("loneliness", number=12), runs=Runs(start=3, places=8, length=9, dropout=0.03),
    cost=Cost(fixed=1000, per_participant_week=31), spread=Spread(uptake=0.8),
)  # fmt: skip
TALKS = club(
    "talks", Shift(stigma="-0.38 sd", persistence=0.6), Shift(loneliness=-0.05), Shift(self_stigma=-0.1),
    choose=Choose("random", share=0.2), runs=Runs(start=2), spread=Spread(uptake=0.6, broadcast=0.02),
)  # fmt: skip
CLOSING = club("closing", Close("hub", 0.7), EndTies("neighbour", 0.2, "everyone"), choose=Choose("nobody"))
FULL = {
    "baseline": [],
    "befriending": [BEFRIENDING],
    "talks": [TALKS],
    "closing": [CLOSING],
    "all": [BEFRIENDING, TALKS, CLOSING],
}


@pytest.fixture(scope="module")
def make(make_community):
    return lambda seed: make_community(residents=70, ties=230, seed=seed)


@pytest.fixture(scope="module")
def unit(make):
    return play_unit(plan_of(make, FULL, weeks=30), community=2, seed=5)


# --- nothing comes of nothing --------------------------------------------------------------------------

NOTHING = (
    Shift(stigma=0), Shift(self_stigma=0), Shift(loneliness=0, persistence=0.3), Shift(stigma="0 sd", when="each_week"),
    Close("hub", 0.0), EndTies("friend", 0.0, "everyone"), EndTies("friend", 0.0),
)  # fmt: skip


def zero_effects(turnover):
    """Return effects that do nothing, and mechanisms; with turnover, a closed hub keeps people from meeting there."""
    if turnover:
        return [effect for effect in NOTHING if not isinstance(effect, Close)], defaults()
    return NOTHING, without_turnover()


@pytest.mark.parametrize("turnover", [False, True])
@pytest.mark.parametrize("talk", [False, True])
def test_zero_effects_that_nobody_hears_of_differ_from_the_baseline_by_exactly_zero(make, talk, turnover):
    nothing, mechanisms = zero_effects(turnover)
    item = club(
        "club", *nothing, Tie("volunteer"), Shift(loneliness=-0.5), choose=Choose("nobody"), spread=Spread(talk=talk)
    )
    unit = play_unit(plan_of(make, {"baseline": [], "nothing": [item]}, weeks=40, mechanisms=mechanisms), 1, 1)
    found = differences(unit, "nothing")
    assert set(found.measure) == set(MEASURES) - OF_UPTAKE
    assert set(found.week) == set(range(41))
    assert len(set(found.group)) == 9
    assert (found.difference == 0.0).all()
    assert (unit.effects.effect == 0.0).all()
    assert unit.ripple.empty  # nobody took part


@pytest.mark.parametrize("turnover", [False, True])
def test_zero_effects_on_participants_move_no_outcome_by_anything(make, turnover):
    nothing, mechanisms = zero_effects(turnover)
    item = club("club", *nothing, choose=Choose("random", share=0.5), runs=Runs(length=5, dropout=0.05))
    unit = play_unit(plan_of(make, {"baseline": [], "nothing": [item]}, weeks=40, mechanisms=mechanisms), 1, 1)
    found = differences(unit, "nothing")
    assert (found[found.measure.isin(OUTCOMES)].difference == 0.0).all()
    assert (found[found.measure == "reached"].difference > 0).any()
    assert (unit.ripple.effect == 0.0).all()
    assert len(unit.ripple)


def test_the_smallest_effect_shows(make):
    item = club("club", Shift(loneliness=-1e-9), choose=Choose("random", number=1))
    unit = play_unit(plan_of(make, {"baseline": [], "something": [item]}, weeks=10), 1, 1)
    found = differences(unit, "something")
    last = found[(found.measure == "loneliness") & (found.group == "all") & (found.week == 10)].difference
    assert (last < 0).all()


def test_at_rest_nothing_moves_in_any_group_in_any_week(make):
    table = play_unit(plan_of(make, {"baseline": []}, weeks=60, mechanisms=without_turnover()), 1, 1).series
    spread = table.groupby(["group", "measure"], observed=True).value.agg(lambda values: values.max() - values.min())
    assert (spread == 0.0).all()


# --- a scenario that fails -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Breaks:
    """An effect that breaks in the fifth week."""

    kind_of_effect: ClassVar[str] = "breaks"

    def begin(self, week, label):
        return None

    def apply(self, events, week, state):
        if week.number == 5:
            raise ZeroDivisionError("the fifth week")
        return Proposal()

    def active_shift(self, state):
        return {}


def test_a_scenario_that_fails_is_a_row_of_failures_and_the_others_go_on(make):
    good = {"baseline": [], "talks": [TALKS], "closing": [CLOSING]}
    bad = {"baseline": [], "breaks": [club("club", Breaks())], "talks": [TALKS], "no_place": [club("x", Close("pub"))],
           "closing": [CLOSING]}  # fmt: skip
    expected = play_unit(plan_of(make, good), 1, 4)
    got = play_unit(plan_of(make, bad), 1, 4)
    assert expected.failures == []
    assert [(row["community"], row["seed"], row["scenario"]) for row in got.failures] == [
        (1, 4, "breaks"),
        (1, 4, "no_place"),
    ]
    assert got.failures[0]["error"] == "ZeroDivisionError: the fifth week"
    assert "'pub' is not a place of this community" in got.failures[1]["error"]
    assert set(got.failures[0]) == {"community", "seed", "scenario", "error"}
    for name in ("series", "effects", "ripple", "contributions"):
        tables = [getattr(unit, name).astype({"scenario": str}) for unit in (got, expected)]
        same(*tables)


def test_without_a_baseline_there_are_series_but_no_effects(make):
    unit = play_unit(plan_of(make, {"baseline": [club("club", Breaks())], "talks": [TALKS]}), 1, 1)
    assert [row["scenario"] for row in unit.failures] == ["baseline"]
    assert set(unit.series.scenario.astype(str)) == {"talks"}
    assert unit.effects.empty
    assert unit.ripple.empty
    for name, columns in COLUMNS.items():
        assert list(getattr(unit, name).columns) == list(columns)


def test_if_all_fail_the_tables_are_empty_but_there(make):
    unit = play_unit(plan_of(make, {"baseline": [club("club", Breaks())]}), 1, 1)
    assert unit.series.empty
    assert len(unit.failures) == 1


# --- the same bits -------------------------------------------------------------------------------------


def test_same_inputs_same_bits(make, unit):
    again = play_unit(plan_of(make, FULL, weeks=30), community=2, seed=5)
    for name in ("series", "effects", "ripple"):
        same(getattr(unit, name), getattr(again, name))
    assert unit.about == again.about
    other = play_unit(plan_of(make, FULL, weeks=30), community=2, seed=6)
    assert not other.effects.effect.equals(unit.effects.effect)


def test_tables_survive_being_sent_between_processes(unit):
    again = pickle.loads(pickle.dumps(unit))
    same(unit.series, again.series)


def test_the_order_of_interventions_and_mechanisms_changes_no_bit(make, unit):
    turned = {name: items[::-1] for name, items in FULL.items()}
    again = play_unit(plan_of(make, turned, weeks=30, mechanisms=defaults()[::-1]), community=2, seed=5)
    for name in ("series", "effects", "ripple"):
        same(getattr(unit, name), getattr(again, name))


def test_the_order_and_number_of_scenarios_changes_no_bit_of_any(make, unit):
    order = {name: FULL[name] for name in ("all", "baseline", "befriending")}
    again = play_unit(plan_of(make, order, weeks=30), community=2, seed=5)
    for name in ("series", "effects", "ripple"):
        one, two = (getattr(item, name).astype({"scenario": str}) for item in (unit, again))
        for scenario in sorted(set(two.scenario)):
            same(one[one.scenario == scenario], two[two.scenario == scenario])


def test_the_order_of_ties_and_of_pairs_changes_no_bit(make, unit):
    def turned(seed):
        made = make(seed)
        pairs = made.ties.pairs()
        order = np.random.default_rng(1).permutation(len(pairs["one"]))
        ties = Ties.from_pairs(
            len(made), pairs["other"][order], pairs["one"][order], pairs["strength"][order], pairs["kind"][order],
            kinds=made.ties.kinds, place=pairs["place"][order],
        )  # fmt: skip
        return replace(made, ties=ties)

    again = play_unit(plan_of(turned, FULL, weeks=30), community=2, seed=5)
    for name in ("series", "effects", "ripple"):
        same(getattr(unit, name), getattr(again, name))


def test_playing_leaves_the_community_that_was_built_untouched(make):
    made = make(1)
    before = pickle.dumps([made.columns["loneliness"].observed, made.ties.pairs(), made.participation, made.places])
    play_unit(plan_of(lambda seed: made, FULL, weeks=10), 1, 1)
    after = pickle.dumps([made.columns["loneliness"].observed, made.ties.pairs(), made.participation, made.places])
    assert before == after
    assert "stigma_anchor" not in made.columns


def test_the_community_has_its_own_seed(make):
    asked = []

    def noting(seed):
        asked.append(seed)
        return make(seed)

    play_unit(plan_of(noting, {"baseline": [], "talks": [TALKS]}, weeks=2), community=3, seed=17)
    assert asked == [3]  # made once, for all scenarios


# --- a component of the network that nothing reaches ---------------------------------------------------


def two_components(lived):
    """Return residents 0..9 and 10..19, each a tight group; the programme is for the first ten."""
    edges = complete(10) + [(a + 10, b + 10) for a, b in complete(10) if (a + b) % 3]
    spread = np.linspace(0.1, 0.9, 20)
    return world(
        20, edges, stigma=spread, loneliness=spread[::-1], self_stigma=np.where(np.isin(np.arange(20), lived), 0.4, 0),
        lived=lived, disclosed=[i for i in lived if i % 2], strength=0.4,
    )  # fmt: skip


def paths(lived, items, weeks=60, **noise):
    mechanisms = (Influence(noise=0.004), Loneliness(noise=0.004), SelfStigma(noise=0.004))
    simulation = simulate(two_components(lived), *mechanisms, interventions=items)
    rows = []
    for _ in range(weeks):
        play(simulation, 1)
        rows.append([simulation.community.observed(n).copy() for n in ("stigma", "self_stigma", "loneliness")])
    return np.array(rows)


FIRST_TEN = club("club", Shift(stigma=-0.2), Shift(loneliness=-0.1), choose=Choose("stigma", "lowest", number=5))


def test_a_component_that_nothing_reaches_follows_the_same_path_to_the_bit():
    """Nobody of the second group has lived experience, so that the community's mean attitude concerns nobody there."""
    lived = [1, 4, 6]
    without, with_it = paths(lived, []), paths(lived, [FIRST_TEN])
    assert (without[:, 0] != without[:1, 0]).any()  # noise moves everybody
    assert np.array_equal(without[:, :, 10:], with_it[:, :, 10:])
    assert (without[-1, 0, :10] != with_it[-1, 0, :10]).all()
    assert (without[-1, 2, :10] != with_it[-1, 2, :10]).all()


def test_only_the_community_s_mean_attitude_links_components_and_only_through_self_stigma():
    lived = [1, 4, 6, 13, 16]
    without, with_it = paths(lived, []), paths(lived, [FIRST_TEN])
    assert np.array_equal(without[:, 0, 10:], with_it[:, 0, 10:])  # attitudes: to the bit
    gap = with_it[-1, 1] - without[-1, 1]
    assert np.flatnonzero(gap[10:]).tolist() == [3, 6]  # those who fear what the others think, and no one else
    assert (gap[[13, 16]] < 0).all()


# --- ripple --------------------------------------------------------------------------------------------


def path_world(seed):
    """A path of twelve friends; 12 hangs on it by a neighbour only, 13 by nothing; 14 and 15 are another pair."""
    edges = [(i, i + 1) for i in range(11)] + [(11, 12), (14, 15)]
    made = world(16, edges, kinds=["friend"] * 11 + ["neighbour", "friend"], loneliness=0.4, lived=[0])
    made.seed = seed
    return made


def ripple_of(unit, measure="loneliness"):
    table = unit.ripple[unit.ripple.measure == measure]
    return {str(row.distance): (row.residents, row.effect) for row in table.itertuples()}


ONE = Choose("lived_experience", number=1)


def test_distances_on_a_path():
    item = club("club", Shift(loneliness=-0.3, response_cv=0), choose=ONE, spread=Spread(talk=False))
    plan = plan_of(path_world, {"baseline": [], "club": [item]}, mechanisms=without_turnover())
    found = ripple_of(play_unit(plan, 1, 1))
    assert {distance: count for distance, (count, _) in found.items()} == {
        "participant": 1, "1": 1, "2": 1, "3": 1, "more": 8, "unreached": 4
    }  # fmt: skip
    effects = [found[distance][1] for distance in ("participant", "1", "2", "3", "more", "unreached")]
    assert effects[0] < effects[1] < effects[2] < effects[3] < effects[4] <= 0  # it fades with distance
    assert effects[5] == 0.0


def test_volunteers_are_a_class_of_their_own():
    item = club("club", Tie("volunteer"), choose=ONE, spread=Spread(talk=False))
    plan = plan_of(path_world, {"baseline": [], "club": [item]}, weeks=3)
    found = ripple_of(play_unit(plan, 1, 1))
    assert found["participant"][0] == found["volunteer"][0] == 1
    assert sum(count for count, _ in found.values()) == 16


def test_distance_is_taken_over_close_ties_of_the_baseline_not_over_ties_that_were_made():
    item = club("club", Tie("participants", strength=1.0), Shift(loneliness=-0.2), choose=Choose("random", number=5))
    cut = club("cut", EndTies("friend", 1.0, "everyone"), choose=Choose("nobody"), runs=Runs(start=2))
    alone, with_cut = (
        ripple_of(play_unit(plan_of(path_world, {"baseline": [], "s": items}, mechanisms=without_turnover()), 1, 1))
        for items in ([item], [item, cut])
    )
    assert {key: count for key, (count, _) in alone.items()} == {key: count for key, (count, _) in with_cut.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ripple_equals_means_over_classes_that_networkx_finds(make, seed):
    late = replace(TALKS, runs=Runs(start=11))
    plan = plan_of(make, {"baseline": [], "both": [replace(BEFRIENDING, runs=Runs(start=12)), late]}, weeks=15)
    unit = play_unit(plan, 1, seed)
    played = {
        name: play(simulate(make(1), ChangingTies(), interventions=scenario.interventions, seed=seed), 15)
        for name, scenario in plan.scenarios.items()
    }
    at_first_enrolment = play(simulate(make(1), ChangingTies(), seed=seed), 10).community.ties.pairs()
    states = played["both"].community.participation.values()
    took_part = {i for state in states for i in np.flatnonzero(state.ever()).tolist()}
    volunteers = {i for state in states for i in np.flatnonzero(state.volunteer).tolist()}
    tied = {i for state in states for i in np.flatnonzero(state.given_tie).tolist()}
    graph = nx.Graph()
    graph.add_nodes_from(range(70))
    pairs, before = at_first_enrolment, make(1).ties.pairs()
    assert not np.array_equal(pairs["other"], before["other"])  # ties of another week would not do
    graph.add_edges_from(
        (a, b) for a, b, k in zip(pairs["one"].tolist(), pairs["other"].tolist(), pairs["kind"], strict=True) if k < 3
    )
    steps = nx.multi_source_dijkstra_path_length(graph, took_part)
    classes = {}
    for i in range(70):
        far = "unreached" if i not in steps else str(steps[i]) if steps[i] <= 3 else "more"
        made = "volunteer" if i in volunteers else "partner" if i in tied else far
        name = "participant" if i in took_part else made
        classes.setdefault(name, []).append(i)
    assert "volunteer" in classes
    for measure in (name for name, item in MEASURES.items() if item.personal):
        (with_it, weights), (without, _) = (values_of(measure, played[name].look) for name in ("both", "baseline"))
        expected = {}
        for name, members in classes.items():
            concerned = [i for i in members if weights is None or weights[i] > 0]
            if concerned:
                gaps = [with_it[i] - without[i] for i in concerned]
                expected[name] = (len(concerned), pytest.approx(sum(gaps) / len(gaps), abs=1e-15))
        assert ripple_of(unit, measure) == expected


# --- tables --------------------------------------------------------------------------------------------

COLUMNS = {
    "series": {"scenario": "category", "community": "int32", "seed": "int64", "week": "int32", "group": "category",
               "measure": "category", "value": "float64"},
    "effects": {"scenario": "category", "community": "int32", "seed": "int64", "measure": "category",
                "group": "category", "when": "category", "baseline": "float64", "value": "float64",
                "effect": "float64"},
    "ripple": {"scenario": "category", "community": "int32", "seed": "int64", "measure": "category",
               "distance": "category", "residents": "int32", "effect": "float64"},
    "contributions": {"scenario": "category", "community": "int32", "seed": "int64", "week": "int32",
                      "outcome": "category", "rule": "category", "value": "float64"},
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_and_types_are_those_of_the_contract(unit, name):
    table = getattr(unit, name)
    assert {column: str(kind) for column, kind in table.dtypes.items()} == COLUMNS[name]
    assert list(table.columns) == list(COLUMNS[name])
    assert (table.community == 2).all()
    assert (table.seed == 5).all()
    assert not table.isna().any().any()
    assert list(table.scenario.cat.categories) == list(FULL)


def test_rows_stand_in_the_order_of_the_contract(unit):
    order = {name: number for number, name in enumerate(MEASURES)}
    groups = ["all", "age_band=young", "age_band=middle", "age_band=old", "lived_experience=no", "lived_experience=yes",
              "lonely_at_start=low", "lonely_at_start=middle", "lonely_at_start=high"]  # fmt: skip
    assert list(unit.series.group.cat.categories) == groups
    keys = [
        (list(FULL).index(r.scenario), r.week, order[r.measure], groups.index(r.group))
        for r in unit.series.itertuples()
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    whens = ["horizon", "average"]
    order = {name: number for number, name in enumerate(COMPARED)}
    groups[1:1] = ["offered", "participants", "volunteers", "spillover"]
    assert list(unit.effects.group.cat.categories) == groups
    keys = [
        (list(FULL).index(r.scenario), whens.index(r.when), order[r.measure], groups.index(r.group))
        for r in unit.effects.itertuples()
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    distances = ["participant", "volunteer", "partner", "1", "2", "3", "more", "unreached"]
    assert list(unit.ripple.distance.cat.categories) == distances
    keys = [
        (list(FULL).index(r.scenario), order[r.measure], distances.index(r.distance)) for r in unit.ripple.itertuples()
    ]
    assert keys == sorted(keys)
    outcomes = ["stigma", "self_stigma", "loneliness"]
    keys = [
        (list(FULL).index(r.scenario), r.week, outcomes.index(r.outcome), str(r.rule))
        for r in unit.contributions.itertuples()
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_everybody_is_measured_every_week_and_groups_now_and_then(unit):
    weeks = unit.series.groupby("group", observed=True).week.agg(lambda column: sorted(set(column)))
    assert weeks["all"] == list(range(31))
    assert GROUP_EVERY == 13
    assert all(weeks[group] == [0, 13, 26, 30] for group in weeks.index if group != "all")


def weeks_of(unit, measure, group="all", scenario="baseline"):
    table = unit.series
    chosen = (table.measure == measure) & (table.group == group) & (table.scenario == scenario)
    return table[chosen].week.tolist()


def test_slow_measures_are_taken_in_chosen_weeks(make):
    plan = plan_of(make, {"baseline": [], "closing": [CLOSING]}, weeks=110)
    unit = play_unit(plan, 1, 1)
    assert weeks_of(unit, "loneliness") == list(range(111))
    assert weeks_of(unit, "ties_friend") == [*range(0, 105, 13), 110]
    assert weeks_of(unit, "clustering") == [0, 52, 104, 110]
    assert weeks_of(unit, "loneliness", "age_band=old") == [*range(0, 105, 13), 110]
    for name in ("ties_friend", "clustering"):
        assert weeks_of(unit, name, "age_band=old") == [0, 52, 104, 110]


def test_what_the_study_is_about_and_what_targets_look_at_is_taken_too(make):
    plan = plan_of(make, {"baseline": [], "closing": [CLOSING]}, weeks=30)
    plan = replace(plan, outcome="clustering")
    aiming = replace(plan.scenarios["closing"], targets=(Target("ties_friend", at=17, above=1.0),))
    unit = play_unit(replace(plan, scenarios={**plan.scenarios, "closing": aiming}), 1, 1)
    assert weeks_of(unit, "clustering") == list(range(31))
    for scenario in ("baseline", "closing"):  # both, so that they can be compared
        assert weeks_of(unit, "ties_friend", scenario=scenario) == [0, 13, 17, 26, 30]


def test_a_measure_that_is_not_taken_again_is_the_one_that_was():
    """Ties end in week 4 only: in all weeks between, what depends on who is tied to whom is not computed again."""
    made = world(30, complete(30), kinds=["neighbour", "friend", "group"] * 145)
    item = club("cut", EndTies("friend", 0.5, "everyone"), choose=Choose("nobody"), runs=Runs(start=4))
    plan = plan_of(lambda seed: made, {"baseline": [], "cut": [item]}, weeks=9, mechanisms=without_turnover())
    table = play_unit(plan, 1, 1).series
    found = table[(table.measure == "ties") & (table.scenario == "cut")].value.tolist()
    assert found[:4] == [29.0] * 4
    assert len(set(found[4:])) == 1
    assert 19 < found[4] < 29


def test_series_equal_a_loop_over_residents_week_by_week(make, unit):
    simulation = simulate(make(2), ChangingTies(), interventions=FULL["all"], seed=5)
    table = unit.series[unit.series.scenario == "all"].astype({"measure": str, "group": str})
    values = table.set_index(["week", "measure", "group"]).value.to_dict()
    members = {"all": list(range(70))}
    for column, names in (("age_band", ("young", "middle", "old")), ("lived_experience", ("no", "yes"))):
        held = simulation.community.columns[column].observed
        for code, name in enumerate(names):
            members[f"{column}={name}"] = [i for i in range(70) if int(held[i]) == code]
    seen = 0
    for week in range(31):
        if week:
            play(simulation, 1)
        for name, measure in MEASURES.items():
            found, weights = values_of(name, simulation.look)
            for group, people in members.items():
                if group != "all" and week not in (0, 13, 26, 30):
                    continue
                total = sum(found[i] for i in people)
                weight = sum(weights[i] for i in people) if weights is not None else len(people)
                if measure.is_total:
                    weight = 1
                often = measure.every if group == "all" or measure.every == 1 else 52
                due = week == 30 or week % often == 0
                if weight == 0 or not due or (group != "all" and not measure.by_group):
                    assert (week, name, group) not in values
                    continue
                assert values[week, name, group] == pytest.approx(total / weight, abs=1e-12), (week, name, group)
                seen += 1
    assert seen == sum(group in members for _, _, group in values)  # levels of loneliness have tests of their own


def test_effects_are_differences_of_series(unit):
    series = unit.series.astype({"scenario": str, "measure": str, "group": str})
    later = series[series.week > 0]
    keys = ["scenario", "measure", "group"]
    summaries = {
        "horizon": series[series.week == 30].set_index(keys).value,
        "average": later.groupby(keys).value.mean(),
    }
    in_series = unit.effects[(unit.effects.measure != "worse_off") & ~unit.effects.group.isin(ESTIMANDS)]
    for row in in_series.itertuples():
        base, value = (summaries[row.when][which, row.measure, row.group] for which in ("baseline", row.scenario))
        assert row.baseline == pytest.approx(base, abs=1e-12)
        assert row.value == pytest.approx(value, abs=1e-12)
        assert row.effect == row.value - row.baseline
    # every scenario but the baseline, every measure in every group in which it stands, twice
    played = summaries["horizon"]
    shared = played[[("baseline", *key[1:]) in played.index for key in played.index]]
    assert len(in_series) == 2 * (shared.index.get_level_values("scenario") != "baseline").sum()
    assert "baseline" not in set(unit.effects.scenario.astype(str))
    moved = unit.effects[(unit.effects.measure == "loneliness") & (unit.effects.group == "all")]
    assert (moved.effect != 0).all()


def test_sizes_of_groups_are_in_the_series(make, unit):
    table = unit.series[
        (unit.series.measure == "residents") & (unit.series.week == 0) & (unit.series.scenario == "talks")
    ]
    sizes = {str(row.group): row.value for row in table.itertuples()}
    lived = int(make(2).flag("lived_experience").sum())
    assert sizes["all"] == 70
    assert sizes["lived_experience=yes"] == lived
    assert sum(size for name, size in sizes.items() if name.startswith("age_band")) == 70


def test_money_is_counted_for_the_whole_community_only(unit):
    cost = unit.series[(unit.series.measure == "cost") & (unit.series.scenario == "befriending")]
    assert set(cost.group.astype(str)) == {"all"}
    assert cost.value.is_monotonic_increasing
    assert cost.value.iloc[2] == 0
    assert cost.value.iloc[3] > 1000


def test_fewer_weeks_are_the_beginning_of_more(make, unit):
    short = play_unit(plan_of(make, FULL, weeks=30), 2, 5, weeks=7)
    weekly = [name for name, measure in MEASURES.items() if measure.every == 1]  # others are taken at the end, too
    one, two = (
        table[(table.group == "all") & (table.week <= 7) & table.measure.isin(weekly)].reset_index(drop=True)
        for table in (short.series, unit.series)
    )
    same(one, two)
    assert short.series.week.max() == 7


def test_what_is_known_of_the_community_is_told(make):
    def with_club(seed):
        made = make(seed)
        made.places.items.append(Place("club", "club", np.zeros(70, bool)))
        made.notes.append("a note")
        made.private = True
        return made

    about = play_unit(plan_of(with_club, {"baseline": []}, weeks=1), 1, 1).about
    assert about["title"] == "a test community"
    assert about["residents"] == 70
    assert about["places"] == ["hub", "club"]
    assert about["notes"] == ["a note"]
    assert about["private"] is True
    assert about["groups"] == ["age_band", "lived_experience", "lonely_at_start"]
    assert sum(about["ties"].values()) == 230


def test_the_same_person_has_the_same_luck_in_every_scenario(make):
    """Who is willing, and how she responds, is the same whether or not something else is done beside it."""
    item = club(
        "club", Shift(self_stigma=-0.1), choose=Choose("random", number=20), spread=Spread(uptake=0.5, talk=False),
        who=(Condition("lived_experience", is_in=(True,)),),
    )  # fmt: skip
    mechanisms = [m for m in defaults() if m.name != "word_of_mouth"] + [WordOfMouth(0.2, 0.1)]
    alone = play_unit(plan_of(make, {"baseline": [], "club": [item]}, mechanisms=mechanisms), 1, 1)
    beside = play_unit(plan_of(make, {"baseline": [], "club": [item, CLOSING, TALKS]}, mechanisms=mechanisms), 1, 1)
    only = [unit.series[(unit.series.scenario == "club") & (unit.series.week == 20)] for unit in (alone, beside)]
    reached = [table[(table.measure == "reached") & (table.group == "all")].value.iloc[0] for table in only]
    assert 0 < reached[0] < reached[1]


# --- estimands -----------------------------------------------------------------------------------------


def part_of(person, states):
    """Say what part a resident has in a scenario's interventions, by going through them one after the other."""
    parts = set()
    if any(state.joined[person] < 10**6 for state in states):
        parts.add("participants")
    elif any(state.volunteer[person] for state in states):
        parts.add("volunteers")
    if any(state.offered[person] for state in states):
        parts.add("offered")
    return parts or {"spillover"}


@pytest.mark.parametrize("scenario", ["befriending", "talks", "all"])
def test_estimands_equal_a_loop_over_residents_week_by_week(make, unit, scenario):
    names = ("baseline", scenario)
    runs = {name: simulate(make(2), ChangingTies(), interventions=FULL[name], seed=5) for name in names}
    personal = [name for name, measure in MEASURES.items() if measure.personal]
    history = {name: {measure: [] for measure in personal} for name in runs}
    for _ in range(30):
        for name, run in runs.items():
            play(run, 1)
            for measure in personal:
                history[name][measure].append(values_of(measure, run.look)[0].tolist())
    states = list(runs[scenario].community.participation.values())
    lived = make(2).flag("lived_experience").tolist()
    table = unit.effects[(unit.effects.scenario == scenario) & unit.effects.group.isin(ESTIMANDS)]
    rows = {(str(row.measure), str(row.group), str(row.when)): row for row in table.itertuples()}
    for group in ESTIMANDS:
        members = [i for i in range(70) if group in part_of(i, states)]
        if not members:
            assert not any(key[1] == group for key in rows)
            continue
        assert rows.pop(("residents", group, "horizon")).value == len(members)
        worse = rows.pop(("worse_off", group, "horizon"))
        ends = [history[name]["loneliness"][-1] for name in (scenario, "baseline")]
        assert (worse.baseline, worse.value) == (0, sum(1 for i in members if ends[0][i] - ends[1][i] > 0.05))
        for measure in personal:
            concerned = [i for i in members if measure != "self_stigma" or lived[i]]
            for when, weeks in (("horizon", [29]), ("average", range(30))):
                row = rows.pop((measure, group, when), None)
                assert (row is None) == (not concerned)
                if row is None:
                    continue
                means = [
                    sum(history[name][measure][week][i] for week in weeks for i in concerned)
                    / (len(concerned) * len(weeks))
                    for name in ("baseline", scenario)
                ]
                assert (row.baseline, row.value) == pytest.approx(means, abs=1e-12), (measure, group, when)
                assert row.effect == row.value - row.baseline
    assert not rows  # nothing else stands there


def test_those_of_any_part_and_everybody_else_make_up_everybody(make):
    """Where nobody hears of it from others, those offered, the volunteers and everybody else are all there are."""
    quiet = replace(BEFRIENDING, spread=Spread(uptake=0.8, talk=False))
    unit = play_unit(plan_of(make, {"baseline": [], "befriending": [quiet], "closing": [CLOSING]}, weeks=30), 2, 5)
    effects = unit.effects[(unit.effects.when == "horizon") & (unit.effects.measure == "residents")]
    sizes = {(str(row.scenario), str(row.group)): row.value for row in effects.itertuples()}
    assert 0 < sizes["befriending", "participants"] < sizes["befriending", "offered"] == 12
    assert sizes["befriending", "volunteers"] > 0
    assert sizes["befriending", "spillover"] == 70 - 12 - sizes["befriending", "volunteers"]
    assert ("closing", "spillover") not in sizes  # nobody has any part in it
    change = unit.effects[(unit.effects.when == "horizon") & (unit.effects.measure == "loneliness")]
    means = {str(row.group): row.effect for row in change[change.scenario == "befriending"].itertuples()}
    parts = ("offered", "volunteers", "spillover")
    added = sum(means[group] * sizes["befriending", group] for group in parts)
    assert added / 70 == pytest.approx(means["all"], abs=1e-12)
    assert means["participants"] < means["offered"] < means["spillover"]  # diluted by those who declined


def test_who_is_worse_off_is_counted_resident_by_resident(make):
    """Twenty are hurt by more than counts, twenty are helped by more: the mean hides it, the count does not."""

    def shift(name, size, **where):
        effect = Shift(loneliness=size, persistence=1, response_cv=0)
        return club(name, effect, who=(Condition("age_band", is_in=("young",)),), spread=Spread(talk=False), **where)

    plan = plan_of(make, {"baseline": [], "hurt": [shift("hurt", 0.5)], "help": [shift("help", -0.5)]}, weeks=40)
    unit = play_unit(plan, 1, 1)
    rows = unit.effects[unit.effects.measure == "worse_off"]
    found = {(str(row.scenario), str(row.group)): row.effect for row in rows.itertuples()}
    young = int((make(1).columns["age_band"].observed == 0).sum())
    assert found["hurt", "all"] >= found["hurt", "age_band=young"] > 0.5 * young
    assert found["hurt", "participants"] == found["hurt", "age_band=young"]
    assert found["hurt", "all"] == sum(found["hurt", f"age_band={band}"] for band in ("young", "middle", "old"))
    assert found["help", "all"] == 0
    assert (rows.when == "horizon").all()
    about = play_unit(replace(plan, outcome="stigma"), 1, 1).effects
    assert about[(about.measure == "worse_off") & (about.scenario == "hurt")].value.max() < found["hurt", "all"]


# --- what moved it -------------------------------------------------------------------------------------


def test_contributions_of_all_rules_add_up_to_the_change(unit):
    added = unit.contributions.groupby(["scenario", "week", "outcome"], observed=True).value.sum()
    series = unit.series[unit.series.group == "all"].astype({"scenario": str, "measure": str})
    values = series.set_index(["scenario", "week", "measure"]).value
    seen = 0
    for (scenario, week, outcome), change in added.items():
        moved = values[scenario, week, outcome] - values[scenario, 0, outcome]
        assert change == pytest.approx(moved, abs=1e-12), (scenario, week, outcome)
        seen += abs(moved) > 1e-4
    assert seen > 100
    assert set(unit.contributions.week) == set(range(31))


def test_what_moved_it_names_the_intervention(unit):
    last = unit.contributions[(unit.contributions.week == 30) & (unit.contributions.outcome == "stigma")]
    of_talks = last[last.scenario == "talks"].set_index("rule").value
    assert of_talks["intervention: talks"] < 0
    assert "intervention: talks" not in set(last[last.scenario == "befriending"].rule)
    first = unit.contributions[unit.contributions.week == 0]
    assert (first.value == 0).all()


def test_at_rest_no_rule_moves_anything(make):
    plan = plan_of(make, {"baseline": []}, weeks=10, mechanisms=without_turnover())
    assert (play_unit(plan, 1, 1).contributions.value == 0).all()
