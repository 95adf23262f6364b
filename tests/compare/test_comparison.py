"""The comparison against what was put into a made-up study."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from sim.compare import COLUMNS, Facts, comparison, residents_of, verdict, versus, write_comparison
from sim.errors import InputError


@pytest.fixture
def compared(fake_study):
    def of(*arguments, **options):
        study = fake_study(*arguments, **options)
        return study, comparison(study.series, study.effects, study.manifest)

    return of


def row_of(table: pd.DataFrame, scenario: str, measure: str, group: str = "all", when: str = "horizon") -> pd.Series:
    chosen = table[
        (table.scenario == scenario) & (table.measure == measure) & (table.group == group) & (table.when == when)
    ]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_columns_and_order(compared):
    _, table = compared()
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 3 * 5 * 3 * 2
    assert list(dict.fromkeys(table.scenario)) == ["befriending", "campaign", "closing"]
    first = table[table.scenario == "befriending"]
    assert list(dict.fromkeys(first.measure))[:2] == ["loneliness", "often_lonely"]
    assert list(dict.fromkeys(first.group)) == ["all", "age_band=16-64", "age_band=65+"]
    assert list(first.when[:2]) == ["horizon", "average"]


def test_the_primary_measure_stands_first(compared):
    _, table = compared(outcome="stigma")
    assert table.measure.iloc[0] == "stigma"


def test_the_interval_is_that_of_the_paired_differences(compared):
    study, table = compared()
    row = row_of(table, "befriending", "stigma")
    chosen = study.effects.query("scenario == 'befriending' and measure == 'stigma' and group == 'all'")
    effect = chosen[chosen.when == "horizon"].effect
    low, high = scipy_stats.t.interval(0.95, 49, effect.mean(), scipy_stats.sem(effect))
    assert (row.lower, row.effect, row.upper) == pytest.approx((low, effect.mean(), high))
    assert row.value - row.baseline == pytest.approx(row.effect)
    assert row.share_better == np.mean(effect < 0)
    assert row.standard_error == pytest.approx(scipy_stats.sem(effect))
    assert row.seeds == 50


def test_people_only_for_shares(compared):
    _, table = compared()
    lonely = row_of(table, "befriending", "often_lonely")
    assert lonely.people_per_1000 == pytest.approx(1000 * lonely.effect)
    assert math.isnan(row_of(table, "befriending", "loneliness").people_per_1000)


def test_cost_and_cost_for_each_person_helped(compared):
    _, table = compared()
    lonely = row_of(table, "befriending", "often_lonely")
    assert lonely.cost == 4800
    assert lonely.cost_per_unit == pytest.approx(4800 / (-lonely.effect * 2000))
    assert (table[table.scenario == "campaign"].cost == 9600).all()


def test_no_cost_per_unit_without_a_certain_gain(compared):
    _, table = compared({"weak": -0.0001, "harm": 0.02, "good": -0.02})
    assert verdict(row_of(table, "weak", "loneliness")) == "too close to call"
    assert math.isnan(row_of(table, "weak", "loneliness").cost_per_unit)
    assert math.isnan(row_of(table, "harm", "loneliness").cost_per_unit)
    assert row_of(table, "good", "loneliness").cost_per_unit > 0
    assert math.isnan(row_of(table, "good", "loneliness", when="average").cost_per_unit)
    assert math.isnan(row_of(table, "good", "loneliness", "age_band=65+").cost_per_unit)
    assert math.isnan(row_of(table, "good", "cost").cost_per_unit)
    assert math.isnan(row_of(table, "good", "taking_part").share_better)  # neither way is better


def test_an_intervention_without_any_effect(compared):
    _, table = compared({"nothing": 0.0})
    row = row_of(table, "nothing", "loneliness")
    assert (row.effect, row.lower, row.upper, row.standard_error, row.share_better) == (0, 0, 0, 0, 0)
    assert math.isnan(row.seeds_needed)
    assert verdict(row) == "no difference"


@pytest.mark.parametrize(("seeds", "expected"), [(19, "too few runs"), (20, "better")])
def test_verdicts_begin_at_twenty_runs(compared, seeds, expected):
    _, table = compared(seeds=seeds)
    assert verdict(row_of(table, "befriending", "loneliness")) == expected


def test_verdicts_follow_the_direction(compared):
    study, table = compared()
    row = row_of(table, "closing", "loneliness")
    assert verdict(row) == "worse"
    assert verdict(row, "higher") == "better"
    assert verdict(row, "") == "higher"
    study.manifest["better"] = "higher"
    turned = comparison(study.series, study.effects, study.manifest)
    assert Facts.read(study.manifest).direction("loneliness") == "higher"
    assert row_of(turned, "closing", "loneliness").share_better > 0.9
    assert row_of(turned, "closing", "stigma").share_better < 0.1  # only the primary measure is turned


def test_runs_on_the_same_communities_count_as_clusters(compared):
    study, table = compared(seeds=40, communities=4)
    row = row_of(table, "befriending", "loneliness")
    chosen = study.effects.query("scenario == 'befriending' and measure == 'loneliness' and group == 'all'")
    means = chosen[chosen.when == "horizon"].groupby("community").effect.mean()
    low, high = scipy_stats.t.interval(0.95, 3, means.mean(), scipy_stats.sem(means))
    assert (row.lower, row.upper) == pytest.approx((low, high))
    assert row.seeds == 40


def test_pairs_in_which_the_measure_is_not_defined_are_left_out(compared):
    study, _ = compared()
    mask = (study.effects.measure == "stigma") & (study.effects.seed <= 10)
    study.effects.loc[mask, ["baseline", "value", "effect"]] = math.nan
    row = row_of(comparison(study.series, study.effects, study.manifest), "campaign", "stigma")
    assert row.seeds == 40
    assert row.value - row.baseline == pytest.approx(row.effect)
    study.effects.loc[study.effects.measure == "stigma", "effect"] = math.nan
    row = row_of(comparison(study.series, study.effects, study.manifest), "campaign", "stigma")
    assert row.seeds == 0
    assert verdict(row) == "not defined"


def test_the_order_of_rows_changes_no_bit(compared):
    study, table = compared()
    shuffled = study.effects.sample(frac=1, random_state=3)
    shuffled = pd.concat([shuffled[shuffled.group == "all"], shuffled[shuffled.group != "all"].sort_values("group")])
    again = comparison(study.series, shuffled, study.manifest)
    pd.testing.assert_frame_equal(table, again, check_exact=True)


def test_two_scenarios_against_each_other(fake_study):
    study = fake_study()
    gap = versus(study.effects, "befriending", "closing", "loneliness")
    assert gap.estimate == pytest.approx(-0.022, abs=0.003)
    assert gap.clear_of_zero
    assert gap.count == 50
    assert residents_of(study.series)["age_band=65+"] == 500


def test_csv_reads_back_to_the_bit(compared, tmp_path):
    _, table = compared({"good": -0.02, "nothing": 0.0})
    path = write_comparison(tmp_path, table)
    assert path == tmp_path / "comparison.csv"
    again = pd.read_csv(path)
    pd.testing.assert_frame_equal(again, table, check_exact=True, check_dtype=False)
    first = path.read_bytes()
    write_comparison(path, table)
    assert path.read_bytes() == first
    assert [item.name for item in tmp_path.iterdir()] == ["comparison.csv"]


def test_measures_and_scenarios_that_are_not_known_are_left_out(compared):
    study, table = compared(seeds=5)
    strange = study.effects.astype({"measure": str, "scenario": str})
    extra = strange[strange.measure == "stigma"]
    strange = pd.concat([strange, extra.assign(measure="of an older version"), extra.assign(scenario="elsewhere")])
    again = comparison(study.series, strange, study.manifest)
    pd.testing.assert_frame_equal(table, again, check_exact=True)


def test_a_folder_that_is_none_is_named(fake_study):
    study = fake_study(seeds=3)
    for wrong in ({"outcome": "lonliness"}, {"baseline": "nobody"}):
        with pytest.raises(InputError, match="is not known"):
            Facts.read(study.manifest | wrong)
    del study.manifest["baseline"]
    with pytest.raises(InputError, match=r"manifest\.json"):
        comparison(study.series, study.effects, study.manifest)
