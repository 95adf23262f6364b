"""The Korean villages held out: what is observed, that the rivals are what they say, and that the whole of it runs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "korean_villages.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("korean_villages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    if not (module.DATA / "people.csv").is_file():
        pytest.skip("the data set is not at hand")
    return module


@pytest.fixture(scope="module")
def halves(script):
    return [script.read(lambda place, side=side: place % 2 == side) for side in (0, 1)]


def test_the_halves_are_all_villages_and_share_none(halves):
    names = [set(half.village) for half in halves]
    assert not names[0] & names[1]
    assert len(names[0] | names[1]) == 15
    assert sum(len(half.years) for half in halves) == 610


def test_the_observed_hazard_rises_with_the_contacts_who_had_adopted(halves):
    """The published rise, from about .06 to about .2; here by everybody named or naming, so not to the last digit."""
    at_risk, adopted = np.sum([half.hazards(half.years) for half in halves], axis=0)
    assert (at_risk >= 10).all()
    hazard = adopted / at_risk
    assert (np.diff(hazard) > 0).all()
    assert 0.05 < hazard[0] < 0.07
    assert 0.15 < hazard[-1] < 0.22
    assert adopted.sum() == 379


def test_hazards_are_counted_as_by_hand(script, halves):
    half = halves[0]
    years = half.years.copy()
    contacts = [set() for _ in years]
    for a, b in zip(half.one, half.other, strict=True):
        contacts[a].add(int(b))
        contacts[b].add(int(a))
    at_risk, adopted = np.zeros(script.PARTNERS), np.zeros(script.PARTNERS)
    for year in range(1, script.YEARS + 1):
        for who, own in enumerate(years):
            if own >= year:
                before = min(sum(years[other] < year for other in contacts[who]), script.PARTNERS - 1)
                at_risk[before] += 1
                adopted[before] += own == year
    found = half.hazards(years)
    assert np.array_equal(found[0], at_risk)
    assert np.array_equal(found[1], adopted)


def test_rivals_without_a_network_follow_the_curve_that_they_were_fitted_to(script, halves):
    train, test = halves
    for name, predict in script.RIVALS.items():
        curves = np.mean([test.curves(years).mean(axis=0) for years in predict(train, test, 60)], axis=0)
        observed = train.curves(train.years).mean(axis=0)
        assert np.abs(curves - observed).mean() < 0.06, name
        assert (np.diff(curves) > 0).all(), name


def test_a_prediction_that_is_the_truth_is_judged_so(script, halves):
    test = halves[1]
    scores = script._scored([script.judged(test, [test.years] * 3)], np.divide(*test.hazards(test.years)[::-1]),
                            test.hazards(test.years)[0])  # fmt: skip
    assert scores["curve_error"] == scores["hazard_error"] == scores["width"] == 0
    assert scores["coverage"] == 1


@pytest.mark.verify
def test_the_whole_comparison_runs_in_a_small_version(script):
    found = script.main(simulations=600, replicates=12, record=None)
    assert set(found["scores"]) == {*script.RIVALS, *(f"simulation: {rule}" for rule in script.RULES)}
    for row in found["scores"].values():
        assert 0 < row["curve_error"] < 0.3
        assert 0 <= row["coverage"] <= 1
    assert found["women"] == 610
    assert min(found["at_risk"]) >= 10
