"""Parameter sets of which each seed draws one: `draws` in a scenario file."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import sim
from sim.ensemble.recording import fingerprint_of
from sim.errors import InputError
from sim.run import play_unit
from sim.scenario import explain_text, load_plan
from sim.scenario.assigning import assigned, number_at

COMMUNITY = """
abstract: true
title: A small town
outcome: stigma
better: lower
community: {synthesise: {residents: 120, profile: england}}
weeks: 8
seeds: 4
communities: 4
"""
TALKS = """
extends: community.yaml
title: Talks
interventions:
  - name: Kitchen talks
    choose: {by: random, number: 20}
    runs: {start: 1, length: 3}
    effects:
      - shift: {stigma: -0.3 sd, when: joined}
      - tie: {with: across_group, kind: guest, strength: 0.3}
    spread: {uptake: 0.5}
"""
TALK, UPTAKE = "mechanisms.word_of_mouth.talk_aware", "interventions.Kitchen talks.spread.uptake"
SHIFT = "interventions.Kitchen talks.effects[0].shift.stigma"
ROWS = [(TALK, UPTAKE, SHIFT), (0.001, 0.0, -0.1), (0.002, 1.0, -0.9), (0.003, 0.5, -0.5)]


def write(folder, rows=ROWS, draws="draws: calibrated/draws.csv"):
    (folder / "calibrated").mkdir(exist_ok=True)
    (folder / "community.yaml").write_text(COMMUNITY + draws + "\n")
    (folder / "baseline.yaml").write_text("extends: community.yaml\ntitle: As it is\n")
    (folder / "talks.yaml").write_text(TALKS)
    with (folder / "calibrated" / "draws.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture
def study(tmp_path):
    return write(tmp_path)


def test_each_seed_plays_its_own_set_as_if_the_file_said_so(study, tmp_path_factory):
    """Oracle: the same unit of a study whose files hold the numbers that the seed draws."""
    plan = load_plan([study])
    seeds = (1, 2, 3, 4, 5, 6)
    rows = {seed: plan["talks"].draws.row_of(seed) for seed in seeds}
    assert len(set(rows.values())) > 1
    for seed in seeds[:3]:
        values = dict(zip(ROWS[0], ROWS[rows[seed] + 1], strict=True))
        assert plan["talks"].draws.of(seed) == values
        values[SHIFT] = f"{values[SHIFT]} sd"
        plain = write(tmp_path_factory.mktemp("plain"), draws="")
        set_by_hand = load_plan([plain], [f"{path}={value}" for path, value in values.items()])
        ours, theirs = play_unit(plan, 1, seed), play_unit(set_by_hand, 1, seed)
        assert not ours.failures
        assert ours.series.equals(theirs.series)
        assert ours.effects.equals(theirs.effects)


def test_without_draws_the_seeds_share_one_set(study):
    assert load_plan([write(study, draws="")])["talks"].drawn(1).interventions[0].spread.uptake == 0.5


def test_scenarios_of_a_seed_share_the_draw(study):
    drawn = load_plan([study]).drawn(3)
    talk = {scenario.mechanisms[-1].talk_aware for scenario in drawn.scenarios.values()}
    assert len(talk) == 1
    assert talk == {load_plan([study])["baseline"].draws.of(3)[TALK]}


def test_all_rows_are_drawn_equally_often(study):
    draws = load_plan([study])["talks"].draws
    counts = np.bincount([draws.row_of(seed) for seed in range(1, 3001)], minlength=3)
    assert (abs(counts - 1000) < 4 * np.sqrt(3000 * 2 / 9)).all()


def test_a_mesa_model_plays_the_set_of_its_seed(study):
    scenario = sim.load(study)["talks"]
    model = sim.CommunityModel(scenario, rng=2)
    assert model.spec.interventions[0].spread.uptake == scenario.draws.of(2)[UPTAKE]


def test_the_fingerprint_covers_the_sets(study):
    before = fingerprint_of(load_plan([study]))
    assert "calibrated/draws.csv" in before.parts["data"]
    write(study, rows=[ROWS[0], (0.001, 0.1, -0.1), *ROWS[2:]])
    assert fingerprint_of(load_plan([study])).digest != before.digest


def test_explain_says_what_is_drawn(study):
    text = explain_text(load_plan([study])["talks"])
    assert "talk_aware = drawn for each seed: median 0.002" in text
    assert "each seed draws one of 3 parameter sets" in text


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("mechanisms.word_of_mouth.talk_awar",), (0.1,)], "there is no 'talk_awar' there; names: talk_participant"),
        ([("mechanisms.word_of_mout.talk_aware",), (0.1,)], "did you mean 'mechanisms.word_of_mouth'?"),
        ([("interventions.Talks.spread.uptake",), (0.1,)], "no scenario has 'interventions.Talks'"),
        ([(UPTAKE,), (1.5,)], "draws.csv:2: interventions.Kitchen talks.spread.uptake: 1.5 is not allowed"),
        ([(UPTAKE,), (0.5,), ("a lot",)], "draws.csv:3: must hold 1 numbers"),
        ([(UPTAKE, UPTAKE), (0.5, 0.5)], "stands twice"),
        ([("weeks",), (3,)], "must begin with one of mechanisms, interventions, community"),
        ([("interventions.Kitchen talks.spread.rule",), (3,)], "holds 'simple', not a number"),
        ([(UPTAKE,)], "found 0"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(study, rows, said):
    write(study, rows=rows)
    with pytest.raises(InputError) as caught:
        load_plan([study])
    assert said in str(caught.value)


def test_a_table_that_is_not_there_is_named_with_its_line(study):
    (study / "calibrated" / "draws.csv").unlink()
    with pytest.raises(InputError, match=r"draws\.csv: cannot be read.*community\.yaml:10"):
        load_plan([study])


def test_setting_what_is_drawn_is_refused(study):
    with pytest.raises(InputError, match="is drawn for each seed"):
        load_plan([study], [f"{TALK}=0.1"])


def test_all_scenarios_must_share_the_table(study):
    write(study, draws="")
    (study / "talks.yaml").write_text(TALKS + "draws: calibrated/draws.csv\n")
    with pytest.raises(InputError, match="draws"):
        load_plan([study])


def test_assigning_equals_setting_in_the_file(study):
    plain = load_plan([write(study, draws="")])["talks"]
    ours = assigned(plain, {"community.synthesise.residents": 90.2, SHIFT: -0.7})
    assert ours.source.residents == 90
    assert ours.interventions[0].effects[0].stigma == "-0.7 sd"
    assert number_at(ours, SHIFT) == -0.7
    assert number_at(plain, "interventions.Kitchen talks.runs.places") is None
