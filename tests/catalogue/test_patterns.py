"""Published patterns that the catalogue's numbers were set by: they have to come out, played through the model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.model.engine import Simulation
from sim.scenario import Scenario, load_plan

SEEDS = (1, 2, 3)

pytestmark = pytest.mark.verify


def scenario_with(folder: Path, use: str, **settings: str) -> Scenario:
    lines = [
        "title: One entry of the catalogue, alone",
        "outcome: stigma",
        "better: lower",
        "community: {synthesise: {residents: 2000, profile: england}}",
        "interventions:",
        f"  - use: {use}",
        *(f"    {key}: {value}" for key, value in settings.items()),
    ]
    path = folder / "alone.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    plan = load_plan([path])
    return plan.scenarios[next(name for name in plan.scenarios if name != plan.baseline)]


def playing(scenario: Scenario, seed: int) -> Simulation:
    community = scenario.build_community(seed)
    return Simulation(community, scenario.mechanisms, scenario.interventions, seed)


def moved(simulation: Simulation, outcome: str) -> Any:
    """How far each resident's observed outcome has moved, in standard deviations at week 0."""
    column = simulation.community.columns.outcome(outcome)
    return column.displacement() / column.at_rest.std()


def played(simulation: Simulation, weeks: int) -> Simulation:
    for _ in range(weeks):
        simulation.step()
    return simulation


def test_a_campaign_improves_attitudes_by_three_hundredths_of_a_deviation_a_year(tmp_path: Path) -> None:
    scenario = scenario_with(tmp_path, "anti_stigma_campaign")
    a_year = np.mean([moved(played(playing(scenario, seed), 52), "stigma").mean() for seed in SEEDS])
    assert -0.04 < a_year < -0.02


def test_three_quarters_of_a_campaign_are_left_two_years_after_it(tmp_path: Path) -> None:
    scenario = scenario_with(tmp_path, "anti_stigma_campaign", runs="{weeks: 104}")
    left = []
    for seed in SEEDS:
        simulation = played(playing(scenario, seed), 104)
        at_its_end = moved(simulation, "stigma").mean()
        left.append(moved(played(simulation, 104), "stigma").mean() / at_its_end)
    assert 0.55 < np.mean(left) < 0.9


def test_contact_groups_as_a_trial_show_the_pooled_effect_and_keep_part_of_it(tmp_path: Path) -> None:
    scenario = scenario_with(
        tmp_path,
        "social_contact",
        choose="{by: random, number: 400}",
        runs="{places: 400, weeks: 12}",
        spread="{uptake: 1.0, talk: false}",
    )
    at_the_end, four_weeks_on = [], []
    for seed in SEEDS:
        simulation = played(playing(scenario, seed), 11)
        (state,) = simulation.community.participation.values()
        completed = state.left == 11
        assert completed.sum() > 250
        at_the_end.append(moved(simulation, "stigma")[completed].mean())
        four_weeks_on.append(moved(played(simulation, 4), "stigma")[completed].mean())
    assert -0.5 < np.mean(at_the_end) < -0.2
    assert -0.5 < np.mean(four_weeks_on) < -0.15


def test_befriending_eases_loneliness_by_less_than_trials_can_exclude(tmp_path: Path) -> None:
    scenario = scenario_with(tmp_path, "befriending")
    effects = []
    for seed in SEEDS:
        simulation = played(playing(scenario, seed), 40)
        (state,) = simulation.community.participation.values()
        effects.append(moved(simulation, "loneliness")[state.taking_part()].mean())
    assert -0.36 < np.mean(effects) < 0.0


def test_closing_a_hub_hurts_its_members_most(tmp_path: Path) -> None:
    scenario = scenario_with(tmp_path, "hub_closure")
    for seed in SEEDS:
        simulation = playing(scenario, seed)
        members = simulation.community.places.named("hub").members.copy()
        change = moved(played(simulation, 26), "loneliness")
        assert change[members].mean() > 0.0
        assert change[members].mean() > 5 * abs(change[~members].mean())
