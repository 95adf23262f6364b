"""The network before and after is that of the stored run, and never that of surveyed people."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.report import write_report
from sim.report.network import CANNOT_BE_PLAYED, drawn_network, why_not_drawn
from sim.report.reading import read
from sim.report.replaying import played_again

TOWN = """\
title: {title}
weeks: 6
seeds: 2
outcome: loneliness
community: {{synthesise: {{residents: 200}}}}
"""
GROUPS = """\
interventions:
  - use: social_contact
    choose: {by: random, number: 40}
    runs: {start: 1, places: 40, group_size: 4}
    spread: {uptake: 1.0}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    study = tmp_path_factory.mktemp("town")
    (study / "baseline.yaml").write_text(TOWN.format(title="As things are"))
    (study / "groups.yaml").write_text(TOWN.format(title="Groups") + GROUPS)
    out = tmp_path_factory.mktemp("results") / "town"
    sim.load(study).run(seeds=2, out=out, progress=False)
    shutil.rmtree(study)  # the stored manifest has to do
    return out


def test_a_stored_run_is_played_again_to_the_bit(folder):
    material = read(folder)
    played = played_again(material, "groups", "loneliness")
    rows = material.effects
    rows = rows[(rows["scenario"] == "groups") & (rows["measure"] == "loneliness") & (rows["seed"] == 1)]
    stored = rows[(rows["group"] == "all") & (rows["when"] == "horizon")]["effect"].iloc[0]
    assert played.change.mean() == pytest.approx(stored, abs=1e-12)
    assert stored != 0.0
    reached = material.series
    reached = reached[(reached["scenario"] == "groups") & (reached["measure"] == "reached") & (reached["seed"] == 1)]
    last = reached[(reached["group"] == "all") & (reached["week"] == 6)]["value"].iloc[0]
    assert played.took_part.mean() == pytest.approx(last)
    assert len(played.made) > 0
    assert set(np.unique(played.made)) <= set(range(200))


def test_the_report_shows_it(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    drawn = drawn_network(read(folder))
    assert str(drawn.before) in text
    assert str(drawn.after) in text
    assert "One run of 200 residents" in drawn.words
    assert str(drawn.before).count("M") > 200  # a dot for everybody


def changed(folder: Path, path: Path, **more) -> Path:
    """Copy a result folder with another manifest."""
    shutil.copytree(folder, path)
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, **more}))
    return path


def test_people_of_a_survey_are_never_drawn(folder, tmp_path):
    assert drawn_network(read(changed(folder, tmp_path / "private", private=True))) is None


def test_results_of_another_program_are_not_drawn(folder, tmp_path):
    manifest = json.loads((folder / "manifest.json").read_text())
    parts = {**manifest["fingerprint"]["parts"], "engine": {"version": "0", "sources": {"rng.py": "other"}}}
    other = changed(folder, tmp_path / "other", fingerprint={**manifest["fingerprint"], "parts": parts})
    assert drawn_network(read(other)) is None


def test_a_run_that_gives_something_else_is_not_drawn(folder, tmp_path):
    import pandas as pd

    other = changed(folder, tmp_path / "changed")
    effects = pd.read_parquet(other / "effects.parquet")
    effects["effect"] += 0.01
    effects.to_parquet(other / "effects.parquet")
    assert drawn_network(read(other)) is None


def test_why_no_network_is_drawn_is_said(folder, tmp_path):
    private = changed(folder, tmp_path / "private", private=True)
    many = changed(folder, tmp_path / "many", about={"residents": 5001})
    manifest = json.loads((folder / "manifest.json").read_text())
    other = changed(folder, tmp_path / "other", outcome="isolated", better="lower")
    engine = {**manifest["fingerprint"], "parts": {**manifest["fingerprint"]["parts"], "engine": {"sources": "other"}}}
    old = changed(folder, tmp_path / "old", fingerprint=engine)
    said = {
        private: "in a surveyed community people can be recognised", many: "up to 5,000 residents; of 5,001",
        other: "here it is about", old: "“sim run --fresh” draws it",
    }  # fmt: skip
    for path, words in said.items():
        assert drawn_network(read(path)) is None
        assert words in (why_not_drawn(read(path)) or CANNOT_BE_PLAYED), path
    assert why_not_drawn(read(folder)) == ""


def test_the_scenario_whose_network_is_drawn_can_be_chosen(folder, tmp_path):
    copy = changed(folder, tmp_path / "copy")
    text = write_report(copy, "groups").read_text(encoding="utf-8")
    assert str(drawn_network(read(folder)).after).split(" aria-label")[0] in text
    with pytest.raises(InputError, match="--network: there is no scenario 'grouops'; did you mean 'groups'"):
        write_report(copy, "grouops")


def test_a_network_that_is_asked_for_and_not_drawn_is_said_on_stderr(folder, tmp_path, capsys):
    from sim.cli.results import report

    name = str(read(folder).facts.compared[0])
    for path, words in (
        (changed(folder, tmp_path / "private", private=True), "in a surveyed community people can be recognised"),
        (changed(folder, tmp_path / "other", outcome="isolated", better="lower"), "here it is about"),
    ):
        report(path, name)
        out, err = capsys.readouterr()
        assert out.strip() == str(path / "report.html")
        assert err.startswith("--network: nothing is drawn.")
        assert words in " ".join(err.split())
        report(path)
        assert capsys.readouterr().err == ""
    report(folder, name)
    assert "nothing is drawn" not in capsys.readouterr().err
