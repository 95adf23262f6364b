"""What the scripts have recorded, the page that shows it, and small versions of the scripts."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import evidence
from sim.calibration import Observation, Settings, Simulator, priors_of
from sim.calibration.checking import repetitions, uniformity
from sim.scenario import load_plan

ROOT = Path(__file__).parents[2]


def loaded(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def defaults():
    return loaded("calibrate_defaults")


def test_the_page_on_validation_is_what_the_records_say():
    validation = loaded("validation")
    assert validation.PAGE.read_text(encoding="utf-8") == validation.page(), "run: python benchmarks/validation.py"


def test_every_calibrated_parameter_is_set_by_the_script_and_the_other_way_round(defaults):
    graded = {name for name, entry in evidence.entries().items() if entry.grade == "calibrated"}
    assert graded == {free.name for free in defaults.FREE}


def test_the_record_is_of_the_values_as_they_stand(defaults):
    recorded = json.loads(defaults.RECORD.read_text(encoding="utf-8"))
    assert [row["parameter"] for row in recorded["parameters"]] == [free.name for free in defaults.FREE]
    for row in recorded["parameters"]:
        assert row["in_evidence"] == evidence.value(row["parameter"]), "run: python benchmarks/calibrate_defaults.py"
        low, high = row["range"]
        assert low <= row["found"] <= high
    assert all(row["met"] and row["seeds"] >= 20 for row in recorded["patterns"])


def test_looking_for_a_value_finds_where_a_pattern_comes_out(defaults):
    """On a function whose answer is known: the entry times 2, cubed."""
    start = evidence.value("ties.ending_core")
    free = defaults.Free("ties.ending_core", "", (2 * start) ** 3 * 8e6,
                         lambda seeds, residents, value: [value**3 * 8e6] * len(seeds))  # fmt: skip
    found = defaults.look_for(free, range(1, 4), 100, tries=12)
    assert found["found"] == pytest.approx(2 * start, rel=0.01)
    assert found["in_evidence"] == start


@pytest.mark.verify
def test_every_pattern_comes_out_over_twenty_seeds(defaults):
    rows = defaults.patterns(range(1, 21), 600)
    assert {row["use"] for row in rows} == {"put in", "calibrated to", "not used to set anything"}
    assert [row["pattern"] for row in rows if not row["met"]] == []
    assert all(row["seeds"] == 20 for row in rows)


SMALL = """
title: Word of an offer
outcome: reached
better: higher
weeks: 6
seeds: 5
communities: 5
community: {synthesise: {residents: 80, profile: england}}
mechanisms: {ties: {turnover: false}}
interventions:
  - name: Offer
    choose: {by: random, number: 30}
    spread: {uptake: 0.5, talk: false}
"""


@pytest.mark.verify
def test_ranks_of_the_truth_are_uniform_in_a_small_version(tmp_path):
    pytest.importorskip("pyabc", reason="needs pip install -e '.[calibrate]'")
    (tmp_path / "offer.yaml").write_text(SMALL)
    scenario = load_plan([tmp_path / "offer.yaml"])["offer"]
    priors = priors_of({"interventions.Offer.spread.uptake": (0.0, 1.0)}, scenario)
    simulator = Simulator(scenario, (priors[0].path,), (Observation("reached", 3, 0.0, 0.05),))
    rows = pd.DataFrame(repetitions(simulator, priors, range(1, 31), Settings(particles=40, simulations=1500)))
    said = uniformity(rows["rank"], bins=5)
    assert said["ranks"] == 30
    assert said["ecdf_p"] > 0.005
    assert said["chi_square_p"] > 0.005
    # negative control: half as wide intervals would have been noticed
    narrow = 0.5 + (rows["rank"] - 0.5) * 3
    assert uniformity(np.clip(narrow, 0, 1))["ecdf_p"] < 0.05
