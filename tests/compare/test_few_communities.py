"""What is said where runs come from few communities, or few of them differ."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from sim import compare
from sim.compare.verdicts import verdict_of, why_too_close
from sim.compare.wording import amount, between, chance_words, level_words, pairs_better


def with_effects(study, **values):
    """Put effects on loneliness in the place of a study's own: name -> of each run in order of seed, shape (runs,)."""
    for name, effect in values.items():
        for when in ("horizon", "average"):
            rows = (
                (study.effects.scenario == name)
                & (study.effects.measure == "loneliness")
                & (study.effects.when == when)
                & (study.effects.group == "all")
            )
            order = study.effects[rows].sort_values("seed").index
            study.effects.loc[order, "effect"] = effect
            study.effects.loc[order, "value"] = study.effects.loc[order, "baseline"] + effect
    return study


@pytest.fixture
def of_two(fake_study):
    """Two communities of ten runs each: the first scenario is the same in both, the other better in all runs."""
    study = fake_study({"befriending": -0.01, "campaign": -0.01}, seeds=20, communities=2)
    wobble = 1e-5 * (np.arange(20) % 4 // 2)
    alternating = np.where(np.arange(20) % 2 == 0, -0.001, -0.009) - wobble
    return with_effects(study, befriending=-0.01 - wobble, campaign=alternating)


def rows_of(study):
    table = compare.comparison(study.series, study.effects, study.manifest)
    return {row["scenario"]: row for row in compare.headline_rows(table, compare.Facts.read(study.manifest))}


def test_a_tie_has_no_near_certain_chance(of_two):
    found = compare.ranking(of_two.effects, of_two.manifest).set_index("scenario")
    assert found.place[["befriending", "campaign"]].tolist() == [1, 1]
    assert found.chance_best.isna().all()
    assert found.chance_best_two.isna().all()


@pytest.mark.parametrize("communities", [10, 12, 20])
def test_chances_rest_on_the_same_uncertainty_as_ties(fake_study, communities):
    from scipy.stats import t

    study = fake_study({"one": -0.01, "other": -0.0098}, seeds=40, communities=communities)
    found = compare.ranking(study.effects, study.manifest).set_index("scenario")
    gap = compare.versus(study.effects, "one", "other", "loneliness")
    expected = t.cdf(-gap.estimate / gap.standard_error, gap.freedom)
    assert gap.freedom == communities - 1
    assert found.chance_best["one"] == pytest.approx(expected, abs=0.04)


def test_no_chance_is_called_certain():
    assert [chance_words(value) for value in (0.0, 0.004, 0.37, 0.996, 1.0, math.nan)] == [
        "under 1%", "under 1%", "37%", "over 99%", "over 99%", "–",
    ]  # fmt: skip


def test_the_answer_calls_a_tie_a_tie_and_says_why_it_is_close(of_two):
    table = compare.comparison(of_two.series, of_two.effects, of_two.manifest)
    first, second, *_ = compare.answer(table, of_two.effects, of_two.manifest)
    assert re.search(r"did most for .*, but is tied with “A campaign”: after", first)
    assert second == (
        "Too close to call: “A campaign” (better in 20 of 20 runs, but these come from only 2 communities, too few to "
        "judge by)."
    )


def test_why_something_is_too_close_to_call(fake_study, of_two):
    assert "only 2 communities" in why_too_close(rows_of(of_two)["campaign"])
    assert why_too_close(rows_of(of_two)["befriending"]) == ""
    row = rows_of(of_two)["campaign"]
    told = why_too_close({**row, "share_better": 0.0})
    assert told.startswith("worse in 20 of 20 runs, but")
    told = why_too_close({**row, "share_better": 0.4, "runs_differ": 8})
    assert told.startswith("better in 8 of the 8 runs that differ, but")
    few = np.zeros(20)
    few[:3] = -0.5, -0.501, -0.5
    study = with_effects(fake_study({"befriending": -0.01, "campaign": -0.01}, seeds=20), campaign=few)
    row = rows_of(study)["campaign"]
    assert verdict_of(row, "lower") == "too close to call"
    assert why_too_close(row) == "differs in only 3 runs"
    mixed = with_effects(
        fake_study({"campaign": -0.01}, seeds=20, communities=2),
        campaign=np.where(np.arange(20) % 4 < 2, 0.01, -0.01) + 0.003 * (np.arange(20) % 2),
    )
    row = rows_of(mixed)["campaign"]
    assert verdict_of(row, "lower") == "too close to call"
    assert why_too_close(row) == ""


def worse_off(seeds: int, effect: float, lower: float, upper: float) -> dict[str, object]:
    return {
        "measure": "worse_off", "effect": effect, "lower": lower, "upper": upper, "seeds": seeds, "share_better": 0.0,
        "runs_differ": seeds, "communities": seeds,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words", "how", "judged"),
    [
        (worse_off(2, 0.0, 0.0, 0.0), "nobody", "counted in 2 communities", "not judged"),
        (worse_off(2, 3.5, -40.0, 47.0), "4 more residents", "counted in 2 communities", "not judged"),
        (worse_off(1, 40.0, -math.inf, math.inf), "40 more residents", "counted in one community", "not judged"),
        (worse_off(30, 40.0, 38.0, 42.0), "40 more residents", "38 to 42 more", "worse"),
    ],
)
def test_who_is_worse_off_is_counted_in_communities_not_in_pairs(row, words, how, judged):
    assert amount(row) == words
    assert between(row) == how
    assert verdict_of(row, "lower") == judged
    assert pairs_better(row) == "–"


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ((0.0705, 0.07, 0.071), ("0.0705", "0.0700", "0.0710")),
        ((0.25, 0.2, 0.3), ("0.25", "0.20", "0.30")),
        ((0.25, 0.25, 0.25), ("0.250", "0.250", "0.250")),
        ((120.0, 115.2, 124.8), ("120", "115", "125")),
        ((math.nan, math.nan, math.nan), ("–", "–", "–")),
    ],
)
def test_a_level_and_its_interval_have_the_same_decimals(level, words):
    assert level_words(*level) == words
