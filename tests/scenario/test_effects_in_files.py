"""Effects written in scenario files: each runs, changes what it says, and is refused where it makes no sense."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim import interventions
from sim.model.engine import Simulation
from sim.run import play_unit
from sim.scenario import load_plan, paths

Write = Callable[..., Path]

WEEKS = 12

COMMUNITY = """
    abstract: true
    title: Small town
    question: What helps?
    outcome: loneliness
    community:
      synthesise: {residents: 400, profile: england}
    weeks: 12
    seeds: 2
"""

SCENARIO = """
    extends: community.yaml
    title: Something done
    interventions:
      - name: something
        choose: {{by: random, number: 60}}
        who: {who}
        runs: {{start: 2, length: 6}}
        effects: {effects}
        spread: {{talk: false}}
"""

LIVED = "{lived_experience: true}"

CASES = {
    "close": ("{}", "[{close: {place: hub, ends_ties: 1.0}}]", "ties", -1),
    "find_another": ("{}", "[{close: {place: hub, ends_ties: 0.0, find_another: 0.3, ties: 3}}]", "ties", 1),
    "disclose": (LIVED, "[{disclose: {chance: 0.5, when: completed}}]", "contact", 1),
    "disclose_weekly": (LIVED, "[{disclose: {chance: 0.1, when: each_week}}]", "contact", 1),
    "engagement": ("{}", "[{engagement: {change: 0.2, ends: never}}]", "support", 1),
    "withdrawal": ("{}", "[{engagement: {change: -0.2, ends: never}}]", "support", -1),
    "join": ("{}", "[{join: {place: hub, ties: 3}}]", "ties", 1),
    "open": ("{}", "[{open: {place: shed, members: 0.2}}]", "ties", 1),
    "open_and_join": ("{}", "[{join: {place: shed, ties: 2}}, {open: {place: shed}}]", "ties", 1),
}
"""By name: who, effects, a measure, and which way it must move."""


def changes(unit) -> pd.Series:
    """Return the difference to the baseline in the last week, by measure, of everybody."""
    table = unit.series.astype({"group": str, "measure": str, "scenario": str})
    table = table[(table.week == WEEKS) & (table.group == "all")]
    mine, base = (table[table.scenario == name].set_index("measure").value for name in ("something", "baseline"))
    return mine - base


@pytest.fixture
def town(write: Write) -> Write:
    write("community", COMMUNITY)
    return write


@pytest.mark.parametrize("case", CASES)
def test_each_effect_runs_and_changes_what_it_says(town: Write, case: str) -> None:
    who, effects, measure, way = CASES[case]
    town("something", SCENARIO.format(who=who, effects=effects))
    unit = play_unit(load_plan("study"), 1, 1)
    assert unit.failures == []
    assert way * changes(unit)[measure] > 0


def test_ties_that_have_ended_are_taken_up_again(town: Write) -> None:
    text = """
        extends: community.yaml
        interventions:
          - name: cuts
            choose: {by: nobody}
            effects: [{end_ties: {kind: friend, share: 0.5, of: everyone}}]
          - name: mapping
            choose: {by: random, number: 100}
            runs: {start: 4}
            effects: [{reactivate: {number: 3, chance: CHANCE, kind: friend}}]
            spread: {talk: false}
    """
    ties = []
    for chance in ("0.0", "0.5", "1.0"):
        town("something", text.replace("CHANCE", chance))
        unit = play_unit(load_plan("study"), 1, 1)
        assert unit.failures == []
        ties.append(changes(unit)["ties"])
    assert ties[0] < ties[1] < ties[2]


@pytest.mark.parametrize(
    "effects",
    ["[{disclose: {chance: 0.0}}]", "[{disclose: {chance: 0.0, when: each_week}}]", "[{engagement: {change: 0.0}}]",
     "[{open: {place: shed}}]", "[{reactivate: {chance: 0.0}}]"],
)  # fmt: skip
def test_an_effect_of_nothing_differs_from_the_baseline_by_exactly_nothing(town: Write, effects: str) -> None:
    town("something", SCENARIO.format(who=LIVED, effects=effects))
    found = changes(play_unit(load_plan("study"), 1, 1))
    outcomes = ["loneliness", "stigma", "self_stigma", "contact", "support", "ties"]
    assert (found[outcomes] == 0.0).all()
    assert found["reached"] > 0


def test_members_and_flags_are_the_scenario_s_own(town: Write) -> None:
    """What one scenario does to places and to who has disclosed is not there in the next."""
    town(
        "something",
        SCENARIO.format(who=LIVED, effects="[{close: {place: hub}}, {disclose: {chance: 1.0, when: joined}}]"),
    )
    plan = load_plan("study")
    community = plan["baseline"].build_community(1)
    before = community.flag("disclosed").sum()
    played = Simulation(community.copy(), plan["something"].mechanisms, plan["something"].interventions)
    for _ in range(3):
        played.step()
    assert played.community.flag("disclosed").sum() > before == community.flag("disclosed").sum()
    assert community.places.named("hub").open
    assert not played.community.places.named("hub").open


@pytest.mark.parametrize(
    ("effects", "said"),
    [
        (
            "[{join: {place: hubb}}]",
            "effects[0].join.place: 'hubb' is not a place of this community; did you mean 'hub'",
        ),
        ("[{join: {ties: 2}}]", "effects[0].join: 'place' is missing"),
        ("[{joint: {place: hub}}]", "did you mean 'join'"),
        ("[{open: {place: ''}}]", "open needs the name of a place"),
        ("[{open: {place: shed, members: 2}}]", "effects[0].open.members: must be a number from 0 to 1, found 2"),
        ("[{close: {place: hub, find_another: 1.5}}]", "close.find_another: must be a number from 0 to 1, found 1.5"),
        ("[{disclose: {when: joined}}]", "effects[0].disclose: 'chance' is missing"),
        ("[{disclose: {chance: 0.2, when: often}}]", "disclose.when: must be one of joined, each_week, completed"),
        (
            "[{reactivate: {kind: freind}}]",
            "effects[0].reactivate.kind: 'freind' is not a kind of tie here; did you mean",
        ),
        ("[{engagement: {change: 3}}]", "effects[0].engagement.change: must be a number from -1 to 0.5, found 3"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(
    town: Write, problems: Callable[..., list[str]], effects: str, said: str
) -> None:
    town("something", SCENARIO.format(who="{}", effects=effects))
    (line,) = problems("study")
    assert line.startswith("study/something.yaml:8: interventions[0].")
    assert said in line


def test_a_place_that_another_intervention_opens_can_be_joined(town: Write) -> None:
    text = SCENARIO.format(who="{}", effects="[{join: {place: shed}}]")
    town("something", text + "      - name: z building\n        effects: [{open: {place: shed}}]\n")
    unit = play_unit(load_plan("study"), 1, 1)
    assert unit.failures == []
    assert changes(unit)["ties"] > 0


def test_every_setting_of_every_effect_can_be_overridden(town: Write) -> None:
    listed = {item.path for item in paths()}
    assert {kind.kind_of_effect for kind in interventions.EFFECTS} >= {
        "close",
        "disclose",
        "engagement",
        "join",
        "open",
    }
    for path in ("close.find_another", "disclose.chance", "engagement.change", "join.ties", "open.members"):
        assert f"interventions.NAME.effects[0].{path}" in listed
    town("something", SCENARIO.format(who="{}", effects="[{join: {place: hub}}]"))
    plan = load_plan("study", ["interventions.something.effects[0].join.ties=5"])
    assert plan["something"].interventions[0].effects[0].ties == 5
    assert "mechanisms.disclosure.ordinary" in listed
