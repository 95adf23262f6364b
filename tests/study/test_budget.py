"""The commands that ``sim compare --budget`` prints cost, when they are run, what it promised."""

import shlex
import sys

import pytest
from small_study import write_small_study

import sim
from sim.cli import main as command_line

SCREENING = """
extends: community.yaml
title: A talk for everybody over fifty
interventions:
  - name: screening
    who: {age_band: [50-64, 65-74, 75+]}
    choose: {by: random, number: 20}
    runs: {start: 2, weeks: 12, length: 6}
    effects: [{shift: {loneliness: -0.3 sd, when: joined}}]
    spread: {uptake: 1, talk: false}
    cost: {fixed: 100, per_participant: 10}
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setattr(sim.Results, "write", lambda self: None)  # reports take their time and say nothing here
    folder = write_small_study(tmp_path / "study")
    (folder / "befriending.yaml").unlink()
    talks = folder / "talks.yaml"
    talks.write_text(talks.read_text() + "    cost: {fixed: 50, per_participant: 20, per_participant_week: 1}\n")
    (folder / "screening.yaml").write_text(SCREENING.lstrip())
    return sim.load(folder).run(seeds=6, out=tmp_path / "out", progress=False)


def call(monkeypatch, capsys, words):
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        command_line()
    assert ended.value.code == 0
    return capsys.readouterr().out


def cost_of(results, name):
    table = results.comparison("cost")
    return float(table[(table.scenario == name) & (table.group == "all") & (table.when == "horizon")].effect.iloc[0])


@pytest.mark.parametrize("budget", [330, 900])
def test_the_printed_commands_cost_what_was_promised(study, monkeypatch, capsys, tmp_path, budget):
    promised = study.at_budget(budget).set_index("scenario")
    told = call(monkeypatch, capsys, ["sim", "compare", str(study.path), "--budget", str(budget)])
    commands = [shlex.split(line) for line in told.splitlines() if line.startswith("sim run")]
    assert {words[-1].rpartition("/")[2] for words in commands} == {"talks", "screening"}
    for words in commands:
        name = words[-1].rpartition("/")[2]
        call(monkeypatch, capsys, words)
        costs = cost_of(sim.Results.open(words[-1]), name)
        assert costs == pytest.approx(promised.cost_then[name], rel=0.15), (name, words)
    talk = promised.loc["screening"]
    able = study.manifest["programmes"]["screening"]["screening"]["eligible"]
    assert 20 < able < 80
    if budget > 100 + 10 * able:
        assert talk.factor == pytest.approx(able / 20)
        assert talk.cost_then == pytest.approx(100 + 10 * able)
        assert talk.cost_then < budget
        assert f"all {able:,.0f} who are eligible are invited" in talk.note
    else:
        assert talk.cost_then == budget
