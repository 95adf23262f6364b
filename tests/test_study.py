import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.errors import InputError

FILES = {
    "community.yaml": """
abstract: true
title: Small town
question: Does it help?
outcome: loneliness
better: lower
community: {synthesise: {residents: 300, profile: england}}
weeks: 6
seeds: 3
""",
    "baseline.yaml": "extends: community.yaml\ntitle: As things are\n",
    "talks.yaml": """
extends: community.yaml
title: Kitchen-table talks
interventions:
  - name: Talks
    choose: {by: random, number: 20}
    runs: {start: 1, weeks: 5, places: 20, length: 3}
    effects:
      - shift: {stigma: -0.2 sd, when: completed, persistence: 0.6}
    spread: {uptake: 0.8}
""",
}


CENTRAL = FILES["talks.yaml"].replace("by: random, number: 20", "by: betweenness, number: 20, per: 2")
"""Whom it invites is found by NetworKit."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "small_town"
    place.mkdir()
    for name, text in FILES.items():
        (place / name).write_text(text)
    return place


@pytest.fixture
def no_figures(monkeypatch):
    """Spare the seconds that figures take where a test is not about them."""

    def write_report(folder):
        (Path(folder) / "report.html").write_text("")
        return Path(folder) / "report.html"

    monkeypatch.setattr("sim.report.write_report", write_report)


def test_a_study_is_a_mapping_of_scenarios(folder):
    study = sim.load(folder)
    assert list(study) == ["baseline", "talks"]
    assert isinstance(study["talks"], sim.Scenario)
    assert len(study) == 2
    with pytest.raises(KeyError, match="did you mean 'talks'"):
        study["talk"]
    assert "Kitchen-table talks" in study._repr_html_()
    assert repr(study) == "<Study small_town: baseline, talks; 3 runs each, 6 weeks>"


def test_overrides_are_a_list_or_a_mapping(folder):
    assert sim.load(folder, ["weeks=4"]).plan.weeks == 4
    assert sim.load(str(folder), {"weeks": 4, "interventions.Talks.runs.places": 9}).plan.weeks == 4
    with pytest.raises(InputError, match="did you mean 'weeks'"):
        sim.load(folder, ["wekks=4"])


def test_a_study_runs_and_its_results_are_read(folder):
    results = sim.load(folder).run(progress=False)
    assert str(results.path) == "results/small_town"
    assert set(results.series["scenario"]) == {"baseline", "talks"}
    assert results.report_path.is_file()
    table = results.comparison()
    stored = pd.read_csv(results.path / "comparison.csv")
    assert list(table.columns) == list(stored.columns)
    assert table["effect"].tolist() == stored["effect"].tolist()
    stigma = results.comparison("stigma", by="age_band")
    assert set(stigma["measure"]) == {"stigma"}
    assert all(group.startswith("age_band=") for group in stigma["group"])
    parts = results.comparison("stigma", by="part")
    assert set(parts["group"]) >= {"offered", "participants", "spillover"}
    with pytest.raises(InputError, match="'stigmma' is not a measure here; did you mean 'stigma'"):
        results.comparison("stigmma")
    with pytest.raises(InputError, match="'age' is not a column that results are broken down by"):
        results.comparison(by="age")
    assert "talks" in results._repr_html_()
    assert results.outcome.played == 3


def test_results_open_again_and_plot(folder, no_figures):
    sim.load(folder).run(seeds=2, progress=False)
    results = sim.Results.open("results/small_town")
    ax = results.plot("stigma")
    assert len(ax.get_lines()) >= 2
    assert results.plot(ax=ax) is ax
    assert len(results.ripple) > 0
    assert set(results.contributions["outcome"]) == {"stigma", "self_stigma", "loneliness"}
    assert results.failures.empty
    with pytest.raises(InputError, match="not a result folder"):
        sim.Results.open("results")


def test_more_seeds_extend_and_equal_all_at_once(folder, no_figures):
    (folder / "central.yaml").write_text(CENTRAL)
    study = sim.load(folder)
    study.run(seeds=2, progress=False, out="a")
    extended = study.run(seeds=4, workers=2, progress=False, out="a")
    at_once = study.run(seeds=4, progress=False, out="b")
    assert extended.outcome.already == 2
    for name in ("series", "effects", "ripple", "contributions"):
        assert (extended.path / f"{name}.parquet").read_bytes() == (at_once.path / f"{name}.parquet").read_bytes()


def test_other_weeks_are_another_study(folder, no_figures):
    study = sim.load(folder)
    study.run(seeds=1, progress=False)
    with pytest.raises(InputError, match="every scenario: weeks was 6, is now 4"):
        study.run(seeds=1, weeks=4, progress=False)
    assert study.run(seeds=1, weeks=4, fresh=True, progress=False).series["week"].max() == 4


def test_progress_is_told_to_whoever_asks(folder, no_figures):
    seen = []
    sim.load(folder).run(seeds=2, progress=lambda progress: seen.append((progress.done, progress.total)))
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_bad_calls_are_said_so(folder):
    with pytest.raises(InputError, match="workers must be 1 or more"):
        sim.load(folder).run(workers=0)
    with pytest.raises(InputError, match="several paths together have no name"):
        sim.load([folder / "baseline.yaml", folder / "talks.yaml"]).run(progress=False)


def test_importing_is_quick_and_brings_nothing_heavy():
    program = "import sys, sim, sim.cli; print([m for m in ('mesa', 'pandas', 'numpy', 'numba') if m in sys.modules])"
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert time.perf_counter() - started < 2  # 0.1 s on a machine that does nothing else


def test_public_names_are_there():
    assert set(sim.__all__) <= set(dir(sim))
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        sim.lod  # noqa: B018
