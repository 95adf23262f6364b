# ruff: noqa: E501 - messages stand here as users see them, in one line
"""What a plan holds: inheritance, catalogue, defaults, overrides, baselines, origins."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim import catalogue
from sim.errors import InputError
from sim.interventions import Condition
from sim.mechanisms import MECHANISMS
from sim.scenario import Origin, Plan, load_plan
from sim.scenario.nodes import Node, Place, merged, planted

Write = Callable[..., Path]
Problems = Callable[..., list[str]]

BEFRIENDING = """
    extends: community.yaml
    interventions:
      - use: befriending
        who: {age_band: [65-74, 75+], lived_experience: true, loneliness: {above: 0.3}}
        choose: {share: 0.25}
        runs: {start: 4}
"""


def test_a_folder_is_a_study_with_the_baseline_first(write: Write) -> None:
    for name in ("zeta", "alpha"):
        write(name, "extends: community.yaml\n")
    plan = load_plan("study")
    assert list(plan.scenarios) == ["baseline", "alpha", "zeta"]
    assert (plan.name, plan.baseline, plan.title, plan.question) == ("study", "baseline", "Small town", "What helps?")
    assert (plan.outcome, plan.better, plan.weeks, plan.seeds, plan.communities) == ("loneliness", "lower", 52, 4, 4)
    assert [item.title for item in plan.scenarios.values()] == ["As things are", "Alpha", "Zeta"]
    assert plan["alpha"].file == "study/alpha.yaml"


def test_a_file_is_compared_with_the_baseline_beside_it(write: Write) -> None:
    path = write("befriending", BEFRIENDING)
    write("other", "extends: community.yaml\n")
    plan = load_plan(path)
    assert list(plan.scenarios) == ["baseline", "befriending"]
    assert plan.name == "befriending"
    assert plan["baseline"].title == "As things are"


def test_a_file_without_a_baseline_is_compared_with_itself_without_its_interventions(write: Write) -> None:
    text = (
        BEFRIENDING.replace("community.yaml", "../study/community.yaml")
        + "    mechanisms: {influence: {noise: 0.01}}\n"
    )
    plan = load_plan(write("befriending", text, folder="alone"))
    baseline, scenario = plan.scenarios.values()
    assert (baseline.name, baseline.title, baseline.file) == ("baseline", "Without interventions", "")
    assert baseline.interventions == ()
    assert baseline.mechanisms == scenario.mechanisms
    assert len(scenario.interventions) == 1


def test_a_scenario_alone_without_interventions_is_its_own_baseline(write: Write) -> None:
    plan = load_plan(write("still", "extends: ../study/community.yaml\n", folder="alone"))
    assert list(plan.scenarios) == ["still"]
    assert plan.baseline == "still"


def test_several_files_together(write: Write, problems: Problems) -> None:
    one = write("one", "extends: ../study/community.yaml\n", folder="a")
    two = write("two", BEFRIENDING.replace("community.yaml", "../study/community.yaml"), folder="b")
    assert list(load_plan([one, two, "study/baseline.yaml"]).scenarios) == ["baseline", "one", "two"]
    write("two", "extends: ../study/community.yaml\nmechanisms: {influence: {noise: 0.01}}\n", folder="b")
    assert problems(one, two) == [
        "b/two.yaml: differs in its mechanisms from the others, and there is no baseline.yaml to compare with; add one"
    ]


def test_mappings_merge_lists_replace_and_also_adds(write: Write) -> None:
    write("first", BEFRIENDING + "    mechanisms: {influence: {noise: 0.01, anchoring: 0.03}}\n")
    write("second", "extends: first.yaml\nmechanisms: {influence: {noise: 0.02}}\nalso: [{use: hub_closure}]\n")
    write("third", "extends: second.yaml\ninterventions: [{use: social_contact}]\nalso: [{use: hub_closure}]\n")
    write("fourth", "extends: second.yaml\nalso: [{name: extra}]\n")
    plan = load_plan("study")
    influence = {name: next(m for m in plan[name].mechanisms if m.name == "influence") for name in plan.scenarios}
    assert (influence["second"].noise, influence["second"].anchoring) == (0.02, 0.03)
    names = {name: [item.name for item in plan[name].interventions] for name in plan.scenarios}
    assert names["first"] == ["befriending"]
    assert names["second"] == ["befriending", "hub_closure"]
    assert names["third"] == ["hub_closure", "social_contact"]
    assert names["fourth"] == ["befriending", "extra", "hub_closure"]


def test_problems_in_added_interventions_are_placed_where_they_were_written(write: Write, problems: Problems) -> None:
    write("first", BEFRIENDING)
    write("second", "extends: first.yaml\nalso:\n  - {use: hub_closure, runs: {strt: 3}}\n")
    assert problems("study") == [
        "study/second.yaml:3: also[0].runs: 'strt' is not a key here; did you mean 'start'? keys: start, weeks, places, "
        "length, dropout, attendance, workers, caseload, group_size, group_wait, ramp_up"
    ]


def test_extends_is_relative_to_the_file_that_says_it(write: Write, tmp_path: Path, monkeypatch: Any) -> None:
    write("far", "extends: ../study/community.yaml\n", folder="deep")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert load_plan(tmp_path / "deep" / "far.yaml").weeks == 52


def test_the_catalogue_gives_what_the_file_does_not_say(write: Write) -> None:
    write("befriending", BEFRIENDING)
    item = load_plan("study")["befriending"].interventions[0]
    entry = catalogue.load("befriending")
    assert item.use == "befriending"
    assert item.title == entry.title
    assert item.runs.start == 4
    assert item.runs.length == entry.intervention["runs"]["length"]
    assert item.choose.by == entry.intervention["choose"]["by"]
    assert (item.choose.number, item.choose.share) == (None, 0.25), "a share takes the place of the catalogue's number"
    assert item.effects[0].partner == "volunteer"
    assert set(item.who) == {
        Condition("age_band", is_in=("65-74", "75+")),
        Condition("lived_experience", is_in=(True,)),
        Condition("loneliness", above=0.3),
    }


def test_lists_of_the_catalogue_are_replaced_whole(write: Write) -> None:
    write(
        "x",
        "extends: community.yaml\ninterventions:\n  - use: social_contact\n    effects: [{shift: {stigma: -0.1}}]\n",
    )
    (effect,) = load_plan("study")["x"].interventions[0].effects
    assert (effect.stigma, effect.when) == (-0.1, "joined")


def test_money_is_read_with_its_currency(write: Write) -> None:
    write(
        "x",
        """
        extends: community.yaml
        interventions:
          - name: talks
            cost: {fixed: 1500 EUR, per_participant_week: 12.5, year: 2024}
    """,
    )
    cost = load_plan("study")["x"].interventions[0].cost
    assert (cost.fixed, cost.per_participant_week, cost.currency, cost.year) == (1500.0, 12.5, "EUR", 2024)


def test_every_mechanism_is_there_with_its_parameters_resolved(write: Write) -> None:
    scenario = load_plan("study")["baseline"]
    assert [type(item) for item in scenario.mechanisms] == sorted(MECHANISMS, key=lambda item: item.name)
    (influence,) = (item for item in scenario.mechanisms if item.name == "influence")
    assert scenario.resolved["mechanisms"]["influence"]["anchoring"] == influence.anchoring


def test_origins_say_where_each_value_comes_from(write: Write) -> None:
    write("befriending", BEFRIENDING)
    scenario = load_plan("study", ["mechanisms.influence.noise=0.01"])["befriending"]
    origins = scenario.origins
    assert origins["weeks"] == Origin("file", "study/community.yaml:7")
    assert origins["interventions.befriending.runs.start"] == Origin("file", "study/befriending.yaml:6")
    assert origins["interventions.befriending.runs.length"] == Origin(
        "catalogue", "catalogue: befriending", "befriending.length"
    )
    assert origins["interventions.befriending.effects[0].tie.strength"].evidence == "befriending.strength"
    assert origins["mechanisms.influence.anchoring"] == Origin("default", "", "influence.anchoring")
    assert origins["mechanisms.influence.noise"] == Origin("command line", "--set mechanisms.influence.noise=0.01")
    assert origins["communities"] == Origin("default")


def test_overrides_reach_every_kind_of_place(write: Write) -> None:
    write("befriending", BEFRIENDING)
    plan = load_plan("study", [
        "weeks=20",
        "community.synthesise.residents=150",
        "mechanisms.influence.susceptibility=0.02",
        "interventions[0].runs.places=7",
        "interventions.befriending.effects[0].tie.strength=0.5",
        "interventions.befriending.who.loneliness.above=0.4",
        "interventions.befriending.who.gender=[woman]",
        "interventions.befriending.cost.fixed=20 GBP",
        "targets=[{measure: stigma, below: 0.2}]",
    ])  # fmt: skip
    item = plan["befriending"].interventions[0]
    assert (plan.weeks, plan["baseline"].source.residents) == (20, 150)
    assert {item.name: item for item in plan["befriending"].mechanisms}["influence"].susceptibility == 0.02
    assert (item.runs.places, item.effects[0].strength, item.cost.fixed) == (7, 0.5, 20.0)
    assert Condition("loneliness", above=0.4) in item.who
    assert Condition("gender", is_in=("woman",)) in item.who
    assert plan["baseline"].targets[0].measure == "stigma"


def test_more_seeds_mean_more_communities_unless_it_is_said(write: Write) -> None:
    assert load_plan("study", ["seeds=9"]).communities == 9
    plan = load_plan("study", ["seeds=9", "communities=4"])
    assert [plan["baseline"].community_of(seed) for seed in (1, 4, 5, 9)] == [1, 4, 1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weeks", "must be PATH=VALUE, e.g. mechanisms.influence.susceptibility=0.01"),
        ("=3", "must be PATH=VALUE, e.g. mechanisms.influence.susceptibility=0.01"),
        ("a[x]=3", "must be PATH=VALUE, e.g. mechanisms.influence.susceptibility=0.01"),
        ("weks=3", "'weks' cannot be set in a scenario; did you mean 'weeks'? names: "),
        ("weeks=ten", "must be a whole number of at least 1, found 'ten'"),
        ("weeks.x=1", "weeks holds a single value, nothing inside it can be set"),
        ("extends=a.yaml", "'extends' cannot be set from the command line, only in a scenario file"),
        ("mechanisms.influence.anchorin=1", "'anchorin' cannot be set in mechanisms.influence; did you mean 'anchoring'? "),
        ("mechanisms.influense.noise=1", "'influense' cannot be set in mechanisms; did you mean 'influence'? "),
        ("mechanisms.influence.anchoring=-1", "anchoring, susceptibility, theta_sd, recovery and noise must not be negative"),
        ("interventions.befrending.runs.start=1", "'befrending' is not an intervention of this study; did you mean 'befriending'?"),
        ("interventions[4].runs.start=1", "'4' is not an intervention of this study; interventions: befriending"),
        ("interventions.befriending.runs.strt=1", "'strt' cannot be set in interventions[0].runs; did you mean 'start'? "),
        ("interventions.befriending.use=hub_closure", "'use' cannot be set from the command line, only in a scenario file"),
        ("interventions.befriending.effects[0].shift.stigma=1", "'shift' cannot be set in interventions[0].effects[0]; names: tie"),
        ("interventions.befriending.effects[3].tie.strength=1", "interventions[0].effects has 1 items, counted from 0"),
        ("interventions.befriending.effects[0].tie.strength=3", "must be above 0 and at most 1, found 3"),
        ("interventions.befriending.who.lonliness.above=1", "'lonliness' is not a column of this community"),
        ("weeks=[1", "is not valid YAML"),
    ],
)  # fmt: skip
def test_overrides_that_cannot_be(write: Write, problems: Problems, text: str, said: str) -> None:
    write("befriending", BEFRIENDING)
    lines = problems("study", overrides=(text,))
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"--set {text}: ")
    assert said in lines[0]


def test_plans_go_to_other_processes(write: Write) -> None:
    write("befriending", BEFRIENDING)
    plan = load_plan("study")
    again = pickle.loads(pickle.dumps(plan))
    assert isinstance(again, Plan)
    assert again == plan


def test_what_is_resolved_is_itself_a_scenario_file_that_means_the_same(write: Write, tmp_path: Path) -> None:
    write("befriending", BEFRIENDING + "    targets: [{measure: stigma, at: 20, above: 0.1}]\n")
    write(
        "talks",
        """
        extends: community.yaml
        interventions:
          - name: Kitchen-table talks
            choose: {by: nomination, number: 20}
            runs: {start: 8, weeks: 26, places: 40, length: 6}
            effects:
              - tie: {with: across_group, kind: guest, strength: 0.3, ends: with_programme, supports: both}
              - shift: {stigma: -0.2 sd, when: completed, persistence: 0.6}
            spread: {uptake: 0.4, rule: threshold, contacts: 2}
            cost: {fixed: 1500 GBP, per_participant_week: 12 GBP, year: 2024}
    """,
    )
    for name in ("befriending", "talks"):
        scenario = load_plan("study")[name]
        data = dict(scenario.resolved)
        if name == "befriending":  # values of the catalogue stand in the file now
            data["interventions"] = [{**data["interventions"][0], "use": None}]
        path = tmp_path / "again" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        with path.open("w") as stream:
            YAML(typ="safe", pure=True).dump(data, stream)
        again = load_plan(path)[name]
        assert again.resolved == data
        assert again.mechanisms == scenario.mechanisms
        assert again.source == scenario.source


def test_the_order_in_which_things_are_written_changes_nothing(write: Write) -> None:
    write("a", "extends: community.yaml\ntitle: A\ninterventions: [{use: befriending}, {use: hub_closure}]\n")
    write("b", "interventions: [{use: hub_closure}, {use: befriending}]\ntitle: A\nextends: community.yaml\n")
    plan = load_plan("study")
    assert plan["a"].resolved == plan["b"].resolved
    assert plan["a"].interventions == plan["b"].interventions


def test_files_of_a_survey_are_found_beside_the_scenario_file(write: Write) -> None:
    example = Path(__file__).resolve().parents[2] / "scenarios" / "survey_example"
    plan = load_plan(example)
    scenario = plan.scenarios[plan.baseline]
    assert [path.parent for path in scenario.data_files()] == [example, example]
    assert scenario.resolved["community"]["survey"]["people"] == "people.csv"
    assert len(scenario.build_community(1)) > 10


LEAVES = st.integers() | st.lists(st.integers(), max_size=3)
TREES = st.recursive(LEAVES, lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4), max_leaves=12)


def reference(base: Any, over: Any) -> Any:
    """Merge plain data in the plainest way."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {key: reference(base[key], over[key]) if key in base and key in over else {**base, **over}[key]
            for key in [*base, *over]}  # fmt: skip


@given(TREES, TREES)
def test_merging_is_merging_and_keeps_places(base: Any, over: Any) -> None:
    one, other = planted(base, Place(file="one")), planted(over, Place(file="other"))
    before = one.plain(), other.plain()
    result: Node = merged(one, other)
    assert result.plain() == reference(base, over)
    assert (one.plain(), other.plain()) == before
    for location, node in result.leaves():
        source = other if node.place.file == "other" else one
        assert source.at(location) is not None


def test_costs_in_several_currencies_are_refused(tmp_path):
    shared = "community: {synthesise: {residents: 100}}\nweeks: 10\noutcome: loneliness\n"
    for name, currency in [("one", "GBP"), ("two", "EUR")]:
        (tmp_path / f"{name}.yaml").write_text(
            f"title: {name}\n{shared}interventions:\n  - name: {name}\n    choose: {{by: random, number: 5}}\n"
            f"    effects: [{{shift: {{stigma: -0.1}}}}]\n    cost: {{fixed: 100 {currency}}}\n",
            encoding="utf-8",
        )
    (tmp_path / "baseline.yaml").write_text(f"title: as it is\n{shared}", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"two\.yaml:5: interventions: costs of two are in EUR, those of one: one in GBP"
    ):
        load_plan(tmp_path)
    (tmp_path / "two.yaml").unlink()
    assert load_plan(tmp_path).scenarios["one"].interventions[0].cost.currency == "GBP"
