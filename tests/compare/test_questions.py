"""Curves, rankings, gaps, costs, estimands and other references, against what was put into made-up studies."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim import compare, stats
from sim.errors import InputError

PARTS = {"offered": 80, "participants": 60, "volunteers": 60, "spillover": 1860}


def one(table: pd.DataFrame, **wanted) -> pd.Series:
    for column, value in wanted.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


# --- the comparison's newer columns ----------------------------------------------------------------


def head(study) -> pd.Series:
    table = compare.comparison(study.series, study.effects, study.manifest)
    return one(table, scenario="befriending", measure="loneliness", group="all", when="horizon")


def test_relative_effects_have_fieller_bounds(fake_study):
    study = fake_study()
    row = head(study)
    assert row.relative == pytest.approx(row.effect / row.baseline)
    assert row.relative_lower < row.relative < row.relative_upper < 0
    held = study.effects.query("scenario == 'befriending' and measure == 'loneliness' and group == 'all'")
    held = held[held.when == "horizon"]
    edge = stats.t_interval(held.effect - row.relative_lower * held.baseline)
    assert min(abs(edge.lower), abs(edge.upper)) == pytest.approx(0, abs=1e-9)


def test_only_one_row_a_scenario_is_not_exploratory(fake_study):
    study = fake_study(seeds=20)
    table = compare.comparison(study.series, study.effects, study.manifest)
    chosen = table[~table.exploratory]
    assert chosen[["scenario", "measure", "group", "when"]].to_numpy().tolist() == [
        [name, "loneliness", "all", "horizon"] for name in ("befriending", "campaign", "closing")
    ]


def test_what_the_seeds_could_find(fake_study):
    row = head(fake_study())
    assert row.detectable == pytest.approx(stats.detectable(row.standard_error, 49))
    assert row.seeds_for_20_percent == stats.seeds_for_half_width(
        row.standard_error * math.sqrt(50), 0.2 * abs(row.effect)
    )


@pytest.mark.parametrize(("different", "expected"), [(5, "too close to call"), (6, "better")])
def test_few_runs_that_differ_call_nothing(fake_study, different, expected):
    study = fake_study(seeds=20)
    chosen = (study.effects.measure == "loneliness") & (study.effects.scenario == "befriending")
    study.effects.loc[chosen, "effect"] = np.where(study.effects.seed[chosen] <= different, -0.01, 0.0)
    row = head(study)
    assert row.upper < 0
    assert row.runs_differ == different
    assert row.verdict == expected


def test_the_spread_is_split_where_communities_are_fewer_than_seeds(fake_study):
    assert math.isnan(head(fake_study()).community_share)
    assert math.isnan(head(fake_study(communities=1)).community_share)
    study = fake_study(seeds=40, communities=8)
    luck_only = head(study)
    study.effects["effect"] += 0.02 * np.sin(study.effects.community * 2.0)  # what a community adds to all its runs
    both = head(study)
    assert luck_only.community_share < 0.4 < 0.8 < both.community_share
    assert both.community_share_lower < both.community_share < both.community_share_upper
    table = compare.comparison(study.series, study.effects, study.manifest)
    text = compare.variance_sentence(table, study.manifest)
    assert f"{round(100 * both.community_share)}% (95% interval" in text
    assert "the rest from chance" in text
    plain = fake_study()
    table = compare.comparison(plain.series, plain.effects, plain.manifest)
    assert compare.variance_sentence(table, plain.manifest) == ""


# --- curves ----------------------------------------------------------------------------------------


def test_a_curve_ends_with_the_effect_of_the_comparison(fake_study):
    study = fake_study()
    curve = compare.effect_curve(study.series, study.manifest, "loneliness", "age_band=65+")
    assert list(dict.fromkeys(curve.scenario)) == ["befriending", "campaign", "closing"]
    first, last = (one(curve, scenario="befriending", week=week) for week in (0, 26))
    assert (first.effect, first.lower, first.upper, first.share_better) == (0, 0, 0, 0)
    table = compare.comparison(study.series, study.effects, study.manifest)
    row = one(table, scenario="befriending", measure="loneliness", group="age_band=65+", when="horizon")
    for name in ("baseline", "value", "effect", "lower", "upper", "share_better", "seeds"):
        assert last[name] == pytest.approx(row[name])
    other = compare.effect_curve(study.series, study.manifest, "loneliness", against="closing")
    gap = compare.versus(study.effects, "befriending", "closing", "loneliness")
    assert one(other, scenario="befriending", week=26).effect == pytest.approx(gap.estimate)
    assert "baseline" in set(other.scenario)
    assert compare.effect_curve(study.series, study.manifest, "bridging").empty


# --- rankings --------------------------------------------------------------------------------------


def test_a_clear_order_is_told_as_one(fake_study):
    found = compare.ranking(fake_study().effects, fake_study().manifest)
    assert found.scenario.tolist() == ["befriending", "campaign", "baseline", "closing"]
    assert found.place.tolist() == [1, 2, 3, 4]
    assert found.verdict.tolist() == ["ahead", "behind", "behind", "behind"]
    assert found.chance_best.tolist() == [1, 0, 0, 0]
    assert found.chance_best_two.tolist() == [1, 1, 0, 0]


def test_ties_are_called_ties_and_share_their_chances(fake_study):
    study = fake_study({"one": -0.01, "other": -0.0101, "nothing": 0.0, "worse": 0.02})
    found = compare.ranking(study.effects, study.manifest).set_index("scenario")
    assert found.chance_best.sum() == pytest.approx(1)
    assert found.chance_best_two.sum() == pytest.approx(2)
    assert found.place.to_dict() == {"other": 1, "one": 1, "baseline": 3, "nothing": 3, "worse": 5}
    assert found.verdict[["one", "other"]].tolist() == ["tied", "tied"]
    assert found.tied_with["one"] == "other"
    assert 0.05 < found.chance_best["one"] < 0.95
    assert found.chance_best_two[["baseline", "nothing"]].tolist() == [0, 0]
    same = fake_study({"nothing": 0.0, "nothing_too": 0.0})
    alike = compare.ranking(same.effects, same.manifest)
    assert alike.chance_best.tolist() == pytest.approx([1 / 3] * 3)
    assert alike.chance_best_two.tolist() == pytest.approx([2 / 3] * 3)


def test_chances_agree_with_the_paired_difference(fake_study):
    study = fake_study({"one": -0.01, "other": -0.0095}, seeds=50)
    found = compare.ranking(study.effects, study.manifest).set_index("scenario")
    gap = compare.versus(study.effects, "one", "other", "loneliness")
    from scipy.stats import t

    expected = t.cdf(-gap.estimate / gap.standard_error, 49)
    assert found.chance_best["one"] == pytest.approx(expected, abs=0.04)


def test_runs_that_repeat_their_community_make_no_ranking_surer(fake_study):
    study = fake_study({"one": -0.01, "other": -0.0095}, seeds=25)
    effects = study.effects
    again = pd.concat([effects.assign(seed=effects.seed + 100 * copy) for copy in range(8)], ignore_index=True)
    few, many = (compare.ranking(each, study.manifest).set_index("scenario") for each in (effects, again))
    assert many.chance_best["one"] == pytest.approx(few.chance_best["one"], abs=1e-9)
    independent = again.assign(community=again.seed)
    assert abs(compare.ranking(independent, study.manifest).set_index("scenario").chance_best["one"] - 0.5) > abs(
        few.chance_best["one"] - 0.5
    )


def test_too_few_runs_have_no_places(fake_study):
    study = fake_study(seeds=19)
    found = compare.ranking(study.effects, study.manifest)
    assert found.place.isna().all()
    assert set(found.verdict) == {"too few runs"}


def test_what_has_no_better_direction_is_not_ranked(fake_study):
    study = fake_study(seeds=5)
    with pytest.raises(InputError, match="neither direction"):
        compare.ranking(study.effects, study.manifest, "taking_part")
    with pytest.raises(InputError, match="neither direction"):
        compare.gaps(study.effects, study.manifest, "taking_part")


# --- gaps, and who gains ---------------------------------------------------------------------------


def with_levels(study, levels, changes):
    """Give groups levels of loneliness without, and changes under befriending."""
    effects = study.effects
    mask = (effects.measure == "loneliness") & (effects.scenario == "befriending")
    luck = 1e-4 * np.sin(effects.seed)
    for group, level in levels.items():
        own = mask & (effects.group == group)
        effects.loc[own, "baseline"] = level
        effects.loc[own, "effect"] = changes[group] + luck[own] * (group != "all")
        effects.loc[own, "value"] = effects.baseline[own] + effects.effect[own]
    return study


def test_the_gap_to_the_worst_off(fake_study):
    study = fake_study({"befriending": -0.01}, groups={"all": 100, "town=a": 50, "town=b": 30, "town=c": 20})
    levels = {"all": 0.2, "town=a": 0.1, "town=b": 0.4, "town=c": 0.2}
    with_levels(study, levels, {"all": -0.01, "town=a": 0.0, "town=b": -0.03, "town=c": -0.01})
    found = compare.gaps(study.effects, study.manifest)
    everybody = one(found, when="horizon", reference="everybody")
    assert (everybody.column, everybody.worst_off) == ("town", "b")
    assert (everybody.baseline_gap, everybody.change) == pytest.approx((0.2, -0.02), abs=1e-4)
    assert everybody.gap == pytest.approx(everybody.baseline_gap + everybody.change)
    assert everybody.verdict == "narrower"
    best = one(found, when="horizon", reference="a")
    assert (best.baseline_gap, best.change) == pytest.approx((0.3, -0.03), abs=1e-4)
    study.manifest["better"] = "higher"  # then town a is worst off, and stays as it is while the others fall
    turned = one(compare.gaps(study.effects, study.manifest), when="horizon", reference="everybody")
    assert turned.worst_off == "a"
    assert turned.change == pytest.approx(-0.01, abs=1e-4)
    assert turned.verdict == "narrower"


def test_who_gains_and_who_ends_worse_off(fake_study):
    study = fake_study({"befriending": -0.01}, groups={"all": 100, "town=a": 60, "town=b": 40})
    with_levels(study, {"town=a": 0.2, "town=b": 0.3}, {"town=a": -0.02, "town=b": 0.01})
    worse = study.effects[(study.effects.measure == "loneliness") & (study.effects.when == "horizon")]
    worse = worse.assign(measure="worse_off", baseline=0.0, value=np.where(worse.group == "town=b", 3.0, 0.0))
    effects = pd.concat([study.effects.astype({"measure": str}), worse.assign(effect=worse.value)])
    table = compare.comparison(study.series, effects, study.manifest)
    found = compare.who_gains(table, compare.residents_of(study.series), study.manifest)
    a, b = (one(found, group=name) for name in "ab")
    assert (a.gains, a.worse_off, a.residents, a.column) == ("gains", 0, 60, "town")
    assert (b.gains, b.worse_off, b.worse_off_share) == ("loses", 3, 3 / 40)


# --- costs -----------------------------------------------------------------------------------------


def with_costs(study, spent):
    """Give befriending costs by kind: name -> value of each pair."""
    chosen = study.effects[
        (study.effects.measure == "cost") & (study.effects.group == "all") & (study.effects.scenario == "befriending")
    ].astype({"measure": str})  # fmt: skip
    others = study.effects.astype({"measure": str})
    others = others[~((others.measure == "cost") & (others.scenario == "befriending"))]
    rows = [chosen.assign(measure=name, value=value, effect=value) for name, value in spent.items()]
    return pd.concat([others, *rows], ignore_index=True)


def test_costs_by_kind_for_a_person_and_for_a_unit(fake_study):
    study = fake_study({"befriending": -0.01, "weak": -1e-5})
    by_places = 4000 + 500 * np.sin(np.arange(1, 51)).repeat(1)
    by_places = np.concatenate([by_places, by_places])
    effects = with_costs(
        study, {"cost": 1000 + by_places, "cost_fixed": 1000.0, "cost_per_participant_week": by_places}
    )
    reached = effects[(effects.measure == "taking_part") & (effects.group == "all")].assign(measure="reached")
    effects = pd.concat([effects, reached], ignore_index=True)
    found = compare.costs(effects, 2000.0, study.manifest, "often_lonely")
    mine = found[found.scenario == "befriending"].set_index("item")
    assert mine.index.tolist() == ["total", "fixed", "per_participant_week", "per person reached", "per unit of effect"]
    assert mine.cost["fixed"] == mine.lower["fixed"] == 1000
    assert mine.cost["per_participant_week"] + 1000 == pytest.approx(mine.cost["total"])
    assert mine.cost["per person reached"] == pytest.approx(mine.cost["total"] / 60)
    change = effects.query("scenario == 'befriending' and measure == 'often_lonely' and group == 'all'")
    change = change[change.when == "horizon"].effect
    assert mine.cost["per unit of effect"] == pytest.approx(mine.cost["total"] / (-change.mean() * 2000))
    assert mine.lower["per unit of effect"] < mine.cost["per unit of effect"] < mine.upper["per unit of effect"]
    weak = one(found, scenario="weak", item="per unit of effect")
    assert math.isnan(weak.cost)
    assert weak.why == "the interval of the effect includes no difference"
    table = compare.comparison(study.series, effects, study.manifest)
    row = one(table, scenario="befriending", measure="often_lonely", group="all", when="horizon")
    assert (row.cost_per_unit, row.cost_per_unit_lower, row.cost_per_unit_upper) == pytest.approx(
        tuple(mine.loc["per unit of effect", ["cost", "lower", "upper"]])
    )


def test_at_the_same_budget_only_what_depends_on_places_is_scaled(fake_study):
    study = fake_study({"befriending": -0.01, "campaign": -0.02})
    effects = with_costs(study, {"cost": 5000.0, "cost_fixed": 1000.0, "cost_per_participant": 4000.0})
    posters = effects[(effects.scenario == "campaign") & (effects.measure == "cost")].assign(measure="cost_per_week")
    effects = pd.concat([effects, posters], ignore_index=True)
    found = compare.at_budget(effects, study.manifest, 9000.0)
    mine = one(found, scenario="befriending")
    plain = compare.versus(effects.assign(scenario=effects.scenario.astype(str)), "befriending", "campaign", "cost")
    assert plain.estimate == 5000 - 9600
    assert mine.factor == 2.0
    row = head(study)
    assert (mine.effect, mine.lower, mine.upper) == pytest.approx((2 * row.effect, 2 * row.lower, 2 * row.upper))
    assert "assumes" in mine.note
    spread = effects.assign(effect=effects.effect)
    costs = (spread.measure == "cost") & (spread.scenario == "befriending")
    spread.loc[costs, "effect"] += 40.0 * (spread.loc[costs, "seed"] % 7 - 3)
    spent = float(spread.loc[costs & (spread.group == "all") & (spread.when == "horizon"), "effect"].mean())
    as_played = one(compare.at_budget(spread, study.manifest, spent), scenario="befriending")
    assert as_played.factor == pytest.approx(1.0)
    assert (as_played.effect, as_played.lower, as_played.upper) == pytest.approx((row.effect, row.lower, row.upper))
    assert "play it" not in mine.note
    assert "play it" in one(compare.at_budget(effects, study.manifest, 20000.0), scenario="befriending").note
    fixed = one(found, scenario="campaign")
    assert math.isnan(fixed.factor)
    assert "does not depend on how many take part" in fixed.note
    small = one(compare.at_budget(effects, study.manifest, 500.0), scenario="befriending")
    assert "does not cover" in small.note
    with pytest.raises(InputError, match="above 0"):
        compare.at_budget(effects, study.manifest, 0.0)


def test_a_scenario_at_the_size_of_a_budget_can_be_played(fake_study):
    study = fake_study({"befriending": -0.01})
    effects = with_costs(study, {"cost": 5000.0, "cost_per_participant": 5000.0})
    item = {"name": "visits", "choose": {"number": 60, "share": None},
            "runs": {"places": 33, "workers": None, "group_size": None}}  # fmt: skip
    study.manifest["scenarios"]["befriending"]["resolved"] = {"interventions": [item]}
    table = compare.at_budget(effects, study.manifest, 10000.0)
    assert compare.settings_at_budget(table, study.manifest) == {
        "befriending": ["interventions.visits.choose.number=120", "interventions.visits.runs.places=66"]
    }
    item |= {"choose": {"number": None, "share": 0.6}, "runs": {"places": 8, "workers": 4, "group_size": 6}}
    small = compare.at_budget(effects, study.manifest, 2500.0)
    assert compare.settings_at_budget(small, study.manifest)["befriending"] == [
        "interventions.visits.choose.share=0.3",
        "interventions.visits.runs.places=6",  # a whole group still fits
        "interventions.visits.runs.workers=2",
    ]
    assert compare.settings_at_budget(table, study.manifest)["befriending"][0].endswith("share=1")
    study.manifest["programmes"] = {"befriending": {"visits": counted(44, 44, 35)}}
    item |= {"choose": {"number": 60, "share": None}, "runs": {"places": 33}}
    assert compare.settings_at_budget(small, study.manifest)["befriending"] == [
        "interventions.visits.choose.number=22",  # half of the 44 who were invited, not of the 60 asked for
        "interventions.visits.runs.places=16",
    ]


def counted(eligible, invited, joined, by_invitation=None, waiting=0):
    return {"eligible": eligible, "invited": invited, "joined": joined, "waiting": waiting, "runs": 50,
            "by_invitation": joined if by_invitation is None else by_invitation}  # fmt: skip


@pytest.mark.parametrize(
    ("choose", "runs", "counts", "factor", "why"),
    [
        ({"share": 0.6}, {}, counted(2000, 1200, 1200), 2000 / 1200, "all 2,000 who are eligible are invited"),
        ({"number": 60}, {"places": 33}, counted(44, 44, 35), 1.0, "all 44 who are eligible are invited"),
        ({"number": 60}, {"places": 33}, counted(600, 60, 40), 10.0, "all 600 who are eligible are invited"),
        ({"number": 60}, {}, counted(600, 60, 300, 50), 2.0, "all 600 who are eligible are invited"),
        ({"number": 20, "by": "nomination"}, {}, counted(120, 20, 20), 1.0, "how many more could be nominated is not"),
        ({"number": 60, "by": "nomination"}, {}, counted(120, 44, 40), 1.0, "how many more could be nominated is not"),
        ({"number": 20, "per": 3}, {}, counted(120, 20, 20), 1.0, "with so many of each group is not known"),
        ({}, {"places": 20}, counted(500, 500, 40, 40, 60), 2.5, "everybody who wants a place has one"),
        ({}, {}, counted(500, 500, 40), math.nan, "nothing in its file says how many it is for"),
    ],
)
def test_nothing_grows_beyond_those_who_could_come(fake_study, choose, runs, counts, factor, why):
    study = fake_study({"befriending": -0.01})
    effects = with_costs(study, {"cost": 5000.0, "cost_per_participant": 5000.0})
    item = {"name": "visits", "choose": choose, "runs": runs, "cost": {"per_participant": 100}}
    study.manifest["scenarios"]["befriending"]["resolved"] = {"interventions": [item]}
    study.manifest["programmes"] = {"befriending": {"visits": counts}}
    row = one(compare.at_budget(effects, study.manifest, 485_000.0), scenario="befriending")
    assert row.factor == pytest.approx(factor, nan_ok=True)
    assert why in row.note
    if factor == factor:  # a number
        plain = head(study)
        assert row.cost_then == pytest.approx(5000 * factor)
        assert (row.effect, row.lower) == pytest.approx((factor * plain.effect, factor * plain.lower))
        assert "growth stops there" in row.note
        assert ("many come who were not invited" in row.note) == (counts["by_invitation"] < 0.8 * counts["joined"])
        within = one(compare.at_budget(effects, study.manifest, 4900.0), scenario="befriending")
        assert (within.factor, within.cost_then) == pytest.approx((0.98, 4900))
        assert "growth stops" not in within.note


def test_counts_that_are_not_stored_of_few_surveyed_people_set_no_false_limit(fake_study):
    study = fake_study({"befriending": -0.01}, private=True)
    item = {"name": "visits", "choose": {"number": 20}, "runs": {}, "cost": {"per_participant": 100}}
    study.manifest["scenarios"]["befriending"]["resolved"] = {"interventions": [item]}
    counts = {**counted(90, 20, 15), "by_invitation": None}
    study.manifest["programmes"] = {"befriending": {"visits": counts}}
    limit = compare.most(study.manifest, "befriending")
    assert limit.factor == pytest.approx(4.5)
    assert "is not shown" in limit.loose
    counts["joined"] = None
    limit = compare.most(study.manifest, "befriending")
    assert (limit.factor, limit.why) == (0.0, "so few take part that how many is not shown")


def test_what_costs_the_same_however_many_come_sets_no_limit(fake_study):
    study = fake_study({"befriending": -0.01})
    items = [
        {"name": "hub", "choose": {"by": "nobody"}, "runs": {}, "cost": {"per_week": 100}},
        {"name": "visits", "choose": {"number": 10}, "runs": {}, "cost": {"per_participant": 100}},
    ]
    study.manifest["scenarios"]["befriending"]["resolved"] = {"interventions": items}
    study.manifest["programmes"] = {"befriending": {"visits": counted(70, 10, 10), "hub": counted(70, 0, 0)}}
    assert compare.most(study.manifest, "befriending").factor == pytest.approx(7)
    assert compare.most({"scenarios": {"befriending": {}}}, "befriending").factor == math.inf
    assert "all 70 who are eligible" in compare.most(study.manifest, "befriending").why
    assert "70" not in compare.most({**study.manifest, "private": True}, "befriending").why
    items[1]["choose"] = {"share": 0.4}
    del study.manifest["programmes"]  # of a folder in which nothing was counted
    assert compare.most(study.manifest, "befriending").factor == pytest.approx(2.5)


# --- on whom, and through whom ---------------------------------------------------------------------


def consistent(fake_study):
    """Return a study whose effect on everybody is what the parts add up to."""
    study = fake_study({"befriending": -0.01}, parts={"offered": 80, "participants": 60, "spillover": 1920})
    effects = study.effects
    parts = effects[(effects.measure == "loneliness") & (effects.when == "horizon")]
    own = parts[parts.group == "participants"].set_index("seed").effect * 60
    rest = parts[parts.group == "spillover"].set_index("seed").effect * 1920
    whole = (effects.measure == "loneliness") & (effects.group == "all") & (effects.when == "horizon")
    total = (own + rest) / 2000
    effects.loc[whole, "effect"] = effects.seed[whole].map(total)
    return study, own, rest, total * 2000


def test_estimands_add_up_to_the_total(fake_study):
    study, own, rest, total = consistent(fake_study)
    found = compare.estimands(study.effects, 2000.0, study.manifest).set_index("estimand")
    assert found.index.tolist() == ["offered", "participants", "spillover", "overall", "total"]
    assert found.effect["total"] == pytest.approx(total.mean())
    assert found.effect["overall"] == pytest.approx(total.mean() / 2000)
    assert found.share_of_total["participants"] == pytest.approx(own.sum() / total.sum())
    assert found.share_of_total["spillover"] == pytest.approx(rest.sum() / total.sum())
    assert found.share_of_total["participants"] + found.share_of_total["spillover"] == pytest.approx(1)
    assert found.share_of_total["total"] == 1
    assert found.share_lower["spillover"] < found.share_of_total["spillover"] < found.share_upper["spillover"]
    assert compare.estimands(study.effects, 2000.0, study.manifest, "cost").estimand.tolist() == ["overall", "total"]


def uptake(study, share):
    rows = [("befriending", s, s, 26, "all", "through_ties", share) for s in range(1, 51)]
    return pd.DataFrame(rows, columns=["scenario", "community", "seed", "week", "group", "measure", "value"])


def test_what_came_through_ties(fake_study):
    study, own, rest, total = consistent(fake_study)
    found = compare.through_ties(study.effects, uptake(study, 0.25), 2000.0, study.manifest).iloc[0]
    assert found.uptake_through_ties == 0.25
    assert found.effect_on_others == pytest.approx(rest.sum() / total.sum())
    assert found.effect_through_ties == pytest.approx((rest.sum() + 0.25 * own.sum()) / total.sum())
    few = compare.through_ties(study.effects, uptake(study, 0.1), 2000.0, study.manifest, least=10).iloc[0]
    assert math.isnan(few.uptake_through_ties)  # 6 of 60
    assert "too few" in few.why
    nobody = compare.through_ties(fake_study(seeds=4).effects, uptake(study, 0.1), 2000.0, fake_study().manifest)
    assert nobody.why.str.startswith("nobody is offered anything or takes part in it").all()


# --- other references ------------------------------------------------------------------------------


def test_scenario_against_scenario_is_paired(fake_study):
    study = fake_study(parts=PARTS)
    effects = compare.against(study.effects, study.manifest, "closing")
    table = compare.comparison(study.series, effects, compare.manifest_against(study.manifest, "closing"))
    gap = compare.versus(study.effects, "befriending", "closing", "loneliness")
    row = one(table, scenario="befriending", measure="loneliness", group="all", when="horizon")
    assert (row.effect, row.lower, row.upper) == pytest.approx((gap.estimate, gap.lower, gap.upper))
    nothing = one(table, scenario="baseline", measure="loneliness", group="all", when="horizon")
    usual = compare.comparison(study.series, study.effects, study.manifest)
    turned = one(usual, scenario="closing", measure="loneliness", group="all", when="horizon")
    assert (nothing.effect, nothing.lower, nothing.upper) == pytest.approx(
        (-turned.effect, -turned.upper, -turned.lower)
    )
    assert not set(table.group) & set(PARTS)
    assert "closing" not in set(table.scenario)
    assert compare.against(study.effects, study.manifest, "baseline") is study.effects
    with pytest.raises(InputError, match="did you mean 'closing'"):
        compare.against(study.effects, study.manifest, "closin")


def folder(study, name, **parts):
    fingerprint = {"parts": {"engine": 1, "libraries": 1, "data": {}} | parts}
    return compare.Folder(name, study.effects, study.manifest | {"fingerprint": fingerprint})


def test_folders_with_the_same_runs_are_paired(fake_study):
    study, other = fake_study(), fake_study({"befriending": -0.02, "campaign": -0.004}, seeds=30)
    for name in ("befriending", "campaign"):
        mask = (other.effects.scenario == name) & (other.effects.measure == "loneliness")
        assert mask.any()
    baselines = (
        study.effects.query("scenario == 'befriending'").set_index(["measure", "group", "when", "seed"]).baseline
    )
    keys = pd.MultiIndex.from_frame(other.effects[["measure", "group", "when", "seed"]])
    other.effects["value"] += baselines.reindex(keys).to_numpy() - other.effects.baseline
    other.effects["baseline"] = baselines.reindex(keys).to_numpy()
    found = compare.between(folder(study, "a"), folder(other, "b"), "loneliness")
    row = one(found, scenario="befriending", when="horizon")
    assert row.paired
    assert row.seeds == 30
    assert row.verdict == "worse"
    mine, yours = (
        each.effects.query("scenario == 'befriending' and measure == 'loneliness' and group == 'all'")
        for each in (study, other)
    )
    mine, yours = (held[held.when == "horizon"].set_index("seed").value for held in (mine, yours))
    exact = stats.cluster_interval((mine - yours).dropna().to_numpy(), list(range(30)))
    assert (row.difference, row.lower, row.upper) == pytest.approx((exact.estimate, exact.lower, exact.upper))
    assert one(found, scenario="baseline", when="horizon").verdict == "no difference"
    every = compare.between(folder(study, "a"), folder(other, "b"), "loneliness", ["campaign"])
    assert every[every.when == "horizon"].scenario.tolist() == ["baseline", "befriending", "campaign", "closing"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"engine": 2}, "different versions of sim"),
        ({"data": {"people.csv": "x"}}, "different data"),
        ({"weeks": 52}, "different numbers of weeks"),
        ({"baseline": 0.01}, "their baselines differ"),
        ({"seed": 1000}, "no seed of the same community in common"),
    ],
)
def test_folders_that_are_no_pairs_say_why(fake_study, change, reason):
    study, other = fake_study(), fake_study()
    parts = {key: value for key, value in change.items() if key in ("engine", "data")}
    if "weeks" in change:
        other.manifest["weeks"] = 52
    other.effects["baseline"] += change.get("baseline", 0.0)
    other.effects["seed"] += change.get("seed", 0)
    found = compare.between(folder(study, "a"), folder(other, "b", **parts), "loneliness")
    assert not found.paired.any()
    assert found.why_not_paired.str.contains(reason).all()
    row = one(found, scenario="befriending", when="horizon")
    held = study.effects.query("scenario == 'befriending' and measure == 'loneliness' and group == 'all'")
    held = held[held.when == "horizon"].value
    exact = stats.difference_interval(held, held)
    assert (row.lower, row.upper) == pytest.approx((exact.lower, exact.upper))
    assert row.upper - row.lower > 0.005
    assert math.isnan(row.share_better)


# --- precision -------------------------------------------------------------------------------------


def test_how_many_seeds_a_precision_takes(fake_study):
    study = fake_study()
    widths = compare.precision(study.effects, study.manifest)
    assert list(widths) == ["befriending", "campaign", "closing"]
    row = head(study)
    assert widths["befriending"] == pytest.approx((row.upper - row.lower) / 2)
    wanted = max(widths.values()) / 2
    needed = compare.seeds_for_precision(study.effects, study.manifest, wanted)
    assert needed == pytest.approx(4 * 50, rel=0.05)
    assert compare.seeds_for_precision(study.effects, study.manifest, 10.0) == stats.FEWEST_SEEDS
    assert compare.seeds_for_precision(study.effects, study.manifest, 0.0) == math.inf
    single = fake_study(seeds=1)
    assert math.isnan(compare.seeds_for_precision(single.effects, single.manifest, 0.1))
    assert compare.precision(single.effects, single.manifest)["campaign"] == math.inf
