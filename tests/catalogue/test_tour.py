"""The tour of the catalogue: every entry runs in one shipped study, and moves what its evidence says, and which way.

What is expected is typed here from the published findings and not from the YAML files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import catalogue
from sim.model.engine import Simulation
from sim.run import play_unit
from sim.scenario import Plan, Scenario, load_plan

STUDY = Path(__file__).resolve().parents[2] / "scenarios" / "catalogue_tour"
SEEDS = range(1, 21)
NAMES = catalogue.names()


@dataclass(frozen=True)
class Expected:
    """What an entry is expected to do, averaged over a year and the whole town."""

    better: tuple[str, ...] = ()
    """Measures that improve."""
    worse: tuple[str, ...] = ()
    """Measures that get worse."""
    nil: tuple[str, ...] = ()
    """Measures that do not change at all, to the bit."""


EVERYTHING = ("loneliness", "often_lonely", "stigma", "self_stigma", "ties", "support", "contact", "bridging")

EXPECTED = {
    # Mead 2010, Siette 2017: small effects; VOLUME: more social contacts
    "befriending": Expected(better=("loneliness", "support", "ties")),
    # recovery 0.24 and 0.20, disclosure programme -0.17 on self-stigma: small, in the concerned
    "peer_support": Expected(better=("self_stigma", "ties")),
    # Maunder & White 2019: d = 0.384; bridges are what it is for
    "social_contact": Expected(better=("stigma", "bridging")),
    # Henderson 2020: attitudes +0.03 SD a year
    "anti_stigma_campaign": Expected(better=("stigma",)),
    # Munford 2020: starting +0.056 QALY, stopping -0.102
    "hub_opening": Expected(better=("loneliness", "ties")),
    "hub_closure": Expected(worse=("loneliness", "ties", "support")),
    # Goddard 2004: social networks shrank
    "day_service_closure": Expected(worse=("loneliness", "ties", "support")),
    # no controlled effect: people are introduced to each other, and that is all
    "link_worker": Expected(better=("ties", "loneliness")),
    # Band 2025: null
    "network_mapping": Expected(nil=EVERYTHING),
    # Jenkinson 2013: not confirmed by experiments
    "volunteering": Expected(nil=EVERYTHING),
    # no controlled effect found: ties between members, and that is all
    "timebank": Expected(better=("ties", "support")),
    # Griffiths 2014: 0.28 for all programmes against stigma
    "champions": Expected(better=("stigma",)),
    # Webber 2019: more social capital, more inclusion; Anderson 2015: larger networks
    "connecting_people": Expected(better=("ties", "bridging", "loneliness")),
}

LOWER_IS_BETTER = {"loneliness", "often_lonely", "stigma", "self_stigma"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(STUDY)


def test_it_shows_every_entry_once_and_as_it_stands(plan: Plan) -> None:
    scenarios = [scenario for name, scenario in plan.scenarios.items() if name != plan.baseline]
    assert sorted(scenario.interventions[0].use or "" for scenario in scenarios) == list(NAMES)
    for scenario in scenarios:
        (intervention,) = scenario.interventions
        assert intervention.use == scenario.name
        said = {path for path, origin in scenario.origins.items() if origin.kind == "file"}
        assert {path for path in said if path.startswith("interventions.")} <= {
            f"interventions.{scenario.name}.use", f"interventions.{scenario.name}.runs.start",
        }  # fmt: skip


def test_it_is_small_enough_to_be_run_by_anybody(plan: Plan) -> None:
    assert plan["baseline"].source.residents * plan.weeks * plan.seeds * len(plan.scenarios) <= 8e6


def test_every_entry_is_expected_to_do_something_definite() -> None:
    assert sorted(EXPECTED) == list(NAMES)
    for expected in EXPECTED.values():
        assert expected.better or expected.worse or expected.nil


@pytest.fixture(scope="module")
def effects(plan: Plan) -> pd.DataFrame:
    """Effects of every entry on everybody: averages over the year, one row a seed."""
    tables = []
    for seed in SEEDS:
        unit = play_unit(plan, seed, seed)
        assert unit.failures == []
        tables.append(unit.effects)
    table = pd.concat(tables)
    return table[(table["group"] == "all") & (table["when"] == "average")]


def of(effects: pd.DataFrame, entry: str, measure: str) -> np.ndarray:
    chosen = effects[(effects["scenario"] == entry) & (effects["measure"] == measure)]
    assert len(chosen) == len(SEEDS)
    return np.asarray(chosen["effect"], np.float64)


@pytest.mark.verify
@pytest.mark.parametrize("entry", NAMES)
def test_effects_have_the_sign_that_the_evidence_says(entry: str, effects: pd.DataFrame) -> None:
    expected = EXPECTED[entry]
    for measures, good in ((expected.better, True), (expected.worse, False)):
        for measure in measures:
            found = of(effects, entry, measure)
            sign = -1.0 if (measure in LOWER_IS_BETTER) == good else 1.0
            error = found.std(ddof=1) / np.sqrt(len(found))
            assert sign * found.mean() > 3 * error, f"{entry}: {measure} moved by {found.mean():.6f} +- {error:.6f}"
    for measure in expected.nil:
        assert (of(effects, entry, measure) == 0.0).all(), f"{entry}: {measure} moved"


@pytest.mark.verify
def test_what_is_nil_was_delivered_all_the_same(effects: pd.DataFrame) -> None:
    for entry in ("network_mapping", "volunteering"):
        reached = of(effects, entry, "reached")
        assert (reached > 0.01).all()
        assert reached.mean() > 0.02
        assert (of(effects, entry, "cost") > 0).all()


# --- what the evidence says is nil stays nil, in one quick run each ----------------------------------------


def played(scenario: Scenario, weeks: int, seed: int = 1) -> Simulation:
    simulation = Simulation(scenario.build_community(seed), scenario.mechanisms, scenario.interventions, seed)
    for _ in range(weeks):
        simulation.step()
    return simulation


@pytest.mark.parametrize("entry", ["network_mapping", "volunteering"])
def test_an_entry_without_effect_leaves_everybody_alone(entry: str, plan: Plan) -> None:
    simulation, untouched = played(plan[entry], 20), played(plan["baseline"], 20)
    (state,) = simulation.community.participation.values()
    assert state.ever().sum() > 5
    for outcome in ("stigma", "self_stigma", "loneliness"):
        ours, theirs = (one.community.columns.outcome(outcome).moved for one in (simulation, untouched))
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("entry", ["anti_stigma_campaign", "champions", "social_contact"])
def test_public_programmes_reach_self_stigma_only_through_the_stigma_that_is_met(entry: str) -> None:
    scenario = load_plan(STUDY, overrides=["mechanisms.self_stigma.exposure_effect=0"])[entry]
    simulation = played(scenario, 30)
    assert simulation.community.columns.outcome("stigma").displacement().mean() < 0
    assert not simulation.community.columns.outcome("self_stigma").displacement().any()


def test_befriending_reaches_loneliness_only_through_its_tie() -> None:
    overrides = ["mechanisms.loneliness.support_effect=0", "mechanisms.loneliness.self_stigma_effect=0"]
    simulation = played(load_plan(STUDY, overrides=overrides)["befriending"], 30)
    (state,) = simulation.community.participation.values()
    assert state.taking_part().any()
    assert not simulation.community.columns.outcome("loneliness").displacement().any()


# --- sizes --------------------------------------------------------------------------------------------------


def in_deviations(simulation: Simulation, outcome: str) -> Any:
    column = simulation.community.columns.outcome(outcome)
    return column.displacement() / column.at_rest.std()


@pytest.mark.verify
def test_losing_a_hub_hurts_more_than_gaining_one_helps(plan: Plan) -> None:
    """Stopping cost 0.102 QALY where starting gained 0.056, over eighteen months."""
    loss, gain = [], []
    for seed in SEEDS:
        closed = played(plan["hub_closure"], 78, seed)
        members = closed.community.places.named("hub").members
        loss.append(in_deviations(closed, "loneliness")[members].mean())
        opened = played(plan["hub_opening"], 78, seed)
        (state,) = opened.community.participation.values()
        gain.append(-in_deviations(opened, "loneliness")[state.taking_part()].mean())
    assert np.mean(gain) > 0
    assert 1.2 < np.mean(loss) / np.mean(gain) < 3.5


@pytest.mark.verify
@pytest.mark.parametrize(
    ("entry", "most"),
    [("befriending", 0.36), ("link_worker", 0.2), ("timebank", 0.2), ("connecting_people", 0.32)],
)
def test_loneliness_of_participants_falls_by_less_than_trials_can_exclude(entry: str, most: float, plan: Plan) -> None:
    """Well below the 1.2 deviations (1.84 points) that people in one service changed from before to after."""
    found = []
    for seed in SEEDS:
        simulation = played(plan[entry], 40, seed)
        (state,) = simulation.community.participation.values()
        found.append(in_deviations(simulation, "loneliness")[state.ever()].mean())
    assert -most < np.mean(found) < 0


@pytest.mark.verify
def test_champions_have_more_ties_than_others(plan: Plan) -> None:
    """Friends of residents have more friends than residents: no map of the network is needed."""
    more = []
    for seed in SEEDS:
        simulation = played(plan["champions"], 5, seed)
        (state,) = simulation.community.participation.values()
        degree = simulation.community.ties.degree()
        more.append(degree[state.offered].mean() / degree.mean())
    assert np.mean(more) > 1.1
