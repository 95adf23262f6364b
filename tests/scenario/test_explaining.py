# ruff: noqa: E501 - messages stand here as users see them, in one line
"""Explaining, comparing and starting scenarios; the registries are all that a new mechanism or effect needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

import pytest

from sim import evidence, interventions, mechanisms
from sim.errors import InputError
from sim.evidence.library import with_unit
from sim.run import play_unit
from sim.scenario import explain_text, load_plan, paths, paths_text
from sim.scenario.diff import ABSENT, diff, diff_text
from sim.scenario.explain import explain, flat
from sim.scenario.json_schema import json_schema
from sim.scenario.new import new
from sim.scenario.parameters import expected, first_sentence, parameters

Write = Callable[..., Path]

TALKS = """
    extends: community.yaml
    title: Talks
    interventions:
      - use: befriending
        runs: {start: 4, places: 12}
      - name: talks
        effects: [{shift: {stigma: -0.2 sd}}]
    mechanisms: {influence: {susceptibility: 0.012}}
"""


def test_every_value_is_explained_with_where_it_comes_from(write: Write) -> None:
    write("talks", TALKS)
    scenario = load_plan("study")["talks"]
    rows = {row.path: row for row in explain(scenario)}
    assert set(rows) == set(flat(scenario.resolved)) == set(scenario.origins)
    anchoring = rows["mechanisms.influence.anchoring"]
    entry = evidence.entry("influence.anchoring")
    assert (anchoring.value, anchoring.origin, anchoring.support) == (entry.value, "default", "assumption")
    assert (anchoring.low, anchoring.high, anchoring.unit) == (entry.low, entry.high, entry.unit)
    set_here = rows["mechanisms.influence.susceptibility"]
    assert set_here.origin == "study/talks.yaml:8"
    assert "assumption (no source is given for this value), instead of 0.01" in set_here.support
    dropout = rows["interventions.befriending.runs.dropout"]
    assert dropout.origin == "catalogue: befriending"
    assert evidence.entry("programme.dropout").cited() in dropout.support


def test_every_number_that_is_not_chosen_says_what_supports_it(write: Write) -> None:
    write("talks", TALKS)
    silent = [
        row.path
        for row in explain(load_plan("study")["talks"])
        if row.path.startswith("mechanisms.") and isinstance(row.value, float) and not row.support
    ]
    assert silent == []


def test_the_text_names_sources_and_says_shared_things_once(write: Write) -> None:
    write("talks", TALKS)
    text = explain_text(load_plan("study"))
    assert text.count("Mechanism: engagement") == 1
    assert "Only what differs from the baseline." in text
    assert "susceptibility = 0.012 a week  [study/talks.yaml:8]" in text
    assert "runs.places = 12 people  [study/talks.yaml:5]" in text
    assert max(map(len, text.splitlines())) < 200


def test_every_listed_path_can_be_set_to_what_it_is(write: Write) -> None:
    write("talks", TALKS)
    scenario = load_plan("study")["talks"]
    values = flat(scenario.resolved)
    listed = [item.path for item in paths(scenario)]
    assert len(listed) == len(set(listed)) > 50
    given = {path: values[path] for path in listed if values.get(path) not in (None, {}, [])}
    assert len(given) > 40
    texts = [f"{path}={str(value).lower() if isinstance(value, bool) else value}" for path, value in given.items()]
    again = load_plan("study", texts)["talks"]
    assert again.resolved == scenario.resolved
    assert all(again.origins[path].kind == "command line" for path in given)


def test_paths_without_a_scenario_cover_every_mechanism_effect_and_source() -> None:
    listed = {item.path: item for item in paths()}
    for cls in mechanisms.MECHANISMS:
        assert {f"mechanisms.{cls.name}.{item.key}" for item in parameters(cls)} <= set(listed)
    for effect in interventions.EFFECTS:
        kind = effect.kind_of_effect
        assert {f"interventions.NAME.effects[0].{kind}.{item.key}" for item in parameters(effect)} <= set(listed)
    assert listed["mechanisms.influence.anchoring"].support == "assumption"
    text = paths_text(list(listed.values()))
    assert "mechanisms.influence.anchoring  (a week; range 0.005 to 0.05; usually 0.02)" in text
    assert "weeks  (range at least 1; usually 104)" in text


def test_differences_between_scenarios_and_studies(write: Write) -> None:
    write("talks", TALKS)
    plan = load_plan("study")
    found = {item.path: item for item in diff(plan["baseline"], plan["talks"])}
    assert (found["title"].one, found["title"].other) == ("As things are", "Talks")
    assert found["mechanisms.influence.susceptibility"].other == 0.012
    assert found["interventions.talks.effects[0].shift.stigma"].one is ABSENT
    assert "mechanisms.influence.anchoring" not in found
    assert diff(plan, plan) == []
    assert diff_text([]) == "no difference"
    changed = diff(plan, load_plan("study", ["seeds=5", "communities=4"]))
    assert [item.path for item in changed] == ["baseline: seeds", "talks: seeds"]
    assert diff_text(changed[:1]) == "baseline: seeds: 4 [study/community.yaml:8] -> 5 [--set seeds=5]"


def test_a_new_study_loads_as_it_is_and_is_never_written_over_anything(tmp_path: Path) -> None:
    written = new(tmp_path / "mine")
    assert [path.name for path in written] == [
        "baseline.yaml", "befriending.yaml", "community.yaml", "kitchen_table_talks.yaml", "schema.json",
    ]  # fmt: skip
    plan = load_plan(tmp_path / "mine")
    assert list(plan.scenarios) == ["baseline", "befriending", "kitchen_table_talks"]
    assert play_unit(plan, 1, 1, weeks=10).failures == []
    assert all(path.read_text().count("#") >= 2 for path in written if path.suffix == ".yaml")
    before = {path: path.read_text() for path in written}
    with pytest.raises(InputError, match="is not empty; name a new folder, nothing was written"):
        new(tmp_path / "mine")
    assert {path: path.read_text() for path in written} == before
    with pytest.raises(InputError, match="is a file"):
        new(written[0])


@dataclass(frozen=True)
class Weather:
    """How the weather weighs on people."""

    name: ClassVar[str] = "weather"

    rain: float = field(default=0.1, metadata={"at_least": 0.0, "at_most": 1.0})
    """Share of rainy days, 0..1."""
    season: Literal["summer", "winter"] = "summer"
    """Which half of the year it is."""


@dataclass(frozen=True)
class Cake:
    """Everybody who joins gets cake."""

    kind_of_effect: ClassVar[str] = "cake"

    slices: int = field(default=1, metadata={"key": "pieces", "at_least": 1})
    """How many pieces."""
    where: str = field(default="", metadata={"refers": "place"})
    """Name of a place."""

    def __post_init__(self) -> None:
        if self.slices > 8:
            raise ValueError("pieces: a cake has eight of them")


def test_a_new_mechanism_and_a_new_effect_need_no_change_here(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mechanisms, "MECHANISMS", (*mechanisms.MECHANISMS, Weather))
    monkeypatch.setattr(interventions, "EFFECTS", (*interventions.EFFECTS, Cake))
    text = """
        extends: community.yaml
        mechanisms: {weather: {rain: 0.4}}
        interventions: [{name: party, effects: [{cake: {pieces: 3, where: hub}}]}]
    """
    write("party", text)
    scenario = load_plan("study", ["interventions.party.effects[0].cake.pieces=4"])["party"]
    assert Weather(rain=0.4) in scenario.mechanisms
    assert scenario.interventions[0].effects == (Cake(4, "hub"),)
    assert {"mechanisms.weather.season", "interventions.party.effects[0].cake.pieces"} <= {
        p.path for p in paths(scenario)
    }
    schema = json_schema()["$defs"]
    assert schema["Cake"]["properties"]["pieces"] == {
        "default": 1, "minimum": 1, "type": "integer", "description": "How many pieces.",
    }  # fmt: skip
    for wrong, said in (
        ("rain: 0.4", "rain: 1.4"),
        ("pieces: 3", "pieces: 9"),
        ("where: hub", "where: hubb"),
    ):
        write("party", text.replace(wrong, said))
        with pytest.raises(InputError) as caught:
            load_plan("study")
        assert len(caught.value.problems) == 1
        (line,) = map(str, caught.value.problems)
        key = said.partition(":")[0]
        assert line.startswith(f"study/party.yaml:{2 if key == 'rain' else 3}: ")
        assert {
            "rain": "mechanisms.weather.rain: must be a number from 0 to 1, found 1.4",
            "pieces": "interventions[0].effects[0].cake.pieces: a cake has eight of them",
            "where": "interventions[0].effects[0].cake.where: 'hubb' is not a place of this community; did you mean 'hub'",
        }[key] in line


@pytest.mark.parametrize(
    ("annotation", "bounds", "words"),
    [
        (int, (1, None), "a whole number of at least 1"),
        (float, (0, 1), "a number from 0 to 1"),
        (float | None, (None, 5), "a number of at most 5"),
        (float | str | None, (None, None), "a number or a text"),
        (Literal["a", "b"], (None, None), "one of a, b"),
        (bool, (None, None), "true or false"),
        (tuple[str, ...], (None, None), "a list"),
        (dict[str, int], (None, None), "a mapping"),
        (Path, (None, None), "a path of a file"),
    ],
)
def test_types_in_words(annotation: object, bounds: tuple[float | None, float | None], words: str) -> None:
    assert expected(annotation, *bounds) == words


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("A kind, e.g. ``guest``: any name. More.", "A kind, e.g. ``guest``: any name."),
        ("Another, i.e. this\n  one", "Another, i.e. this one"),
    ],
)
def test_what_is_told_is_a_whole_sentence(text, first):
    assert first_sentence(text) == first


def test_what_not_verified_means_is_said_once_where_it_is_used(write: Write) -> None:
    write("talks", TALKS)
    plan = load_plan("study")
    text = " ".join(explain_text(plan).split())
    assert text.count("(not verified);") + text.count("(not verified).") > 1
    assert text.count("(not verified): the work is cited for the figure, but") == 1
    assert text.endswith("check it before you lean on it.")
    assert "(not verified)" not in explain_text(load_plan("study")["talks"]).split("(not verified): ")[1]


@pytest.mark.parametrize(("written", "unit", "said"), [
    ("1", "ties", "1 tie"), ("1.0", "hours", "1.0 hour"), ("2", "ties", "2 ties"), ("1.5", "weeks", "1.5 weeks"),
    ("1", "SD", "1 SD"), ("1.0", "a week", "1.0 a week"), ("0.3", "", "0.3"),
])  # fmt: skip
def test_one_of_a_unit_is_no_plural(written: str, unit: str, said: str) -> None:
    assert with_unit(written, unit) == said
