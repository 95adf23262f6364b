"""A hidden number of participants or volunteers cannot be worked out from what a scenario costs."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from sim.compare import at_budget, comparison, costs, only_shown, suppress


def _with_costs(study, people, kinds, baseline=0.0):
    """Return a study in which ``befriending`` reaches some people and costs so much of each kind."""
    named = {"reached": people / 100, "cost": sum(kinds.values()), **{f"cost_{k}": v for k, v in kinds.items()}}
    old = study.effects
    old = old[~((old.measure == "cost") & (old.scenario == "befriending"))].astype({"measure": str, "scenario": str})
    pairs = old[["community", "seed"]].drop_duplicates().to_numpy().tolist()
    rows = [
        ("befriending", c, r, measure, "all", "horizon", baseline, baseline + value, value)
        for measure, value in named.items()
        for c, r in pairs
    ]
    study.effects = pd.concat([old, pd.DataFrame(rows, columns=list(old.columns))], ignore_index=True)
    return study


def _shown(study):
    whole = comparison(study.series, study.effects, study.manifest)
    table, left_out = suppress(whole, study.series, study.effects)
    return table, only_shown(study.effects, table), left_out


KINDS = {"fixed": 1500.0, "per_participant_week": 598.0}


@pytest.mark.parametrize(("people", "hidden"), [(8.0, True), (95.0, True), (10.0, False), (40.0, False)])
def test_costs_by_few_participants_and_all_that_tell_them_are_gone(fake_study, people, hidden):
    study = _with_costs(fake_study(seeds=12, groups={"all": 100}, private=True), people, KINDS)
    table, effects, left_out = _shown(study)
    rows = table[table.scenario == "befriending"]
    assert ("cost_per_participant_week" not in set(rows.measure)) == hidden
    assert "cost_fixed" in set(rows.measure)
    assert bool(left_out.costs) == hidden
    assert ("costs" in left_out.in_short()) == ("costs in all" in left_out.sentence()) == hidden
    found = costs(effects, 100.0, study.manifest)
    found = found[found.scenario == "befriending"].set_index("item")
    scaled = at_budget(effects, study.manifest, 5000.0).set_index("scenario").loc["befriending"]
    if not hidden:
        assert found.loc["total", "cost"] == pytest.approx(2098.0)
        assert rows.cost.notna().all()
        assert scaled.cost == pytest.approx(2098.0)
        return
    assert set(rows.measure).isdisjoint({"cost", "cost_per_participant_week"})
    assert rows[["cost", "cost_per_unit", "cost_per_unit_lower", "cost_per_unit_upper"]].isna().all(axis=None)
    assert found.cost.dropna().to_dict() == pytest.approx({"fixed": 1500.0})
    assert found.loc["total", "why"].startswith("not shown: so few")
    assert all(math.isnan(scaled[name]) for name in ("cost", "fixed", "factor", "cost_then", "effect"))
    assert "not shown: so few" in scaled.note
    assert table[table.scenario == "campaign"].cost.notna().all()


def test_costs_by_few_volunteers_are_gone_and_those_of_many_participants_stay(fake_study):
    parts = {"offered": 40, "participants": 40, "volunteers": 6, "spillover": 54}
    study = fake_study(seeds=12, groups={"all": 100}, private=True, parts=parts)
    table, _, _ = _shown(_with_costs(study, 40.0, {"per_participant": 400.0, "volunteer_time": 90.0}))
    rows = table[table.scenario == "befriending"]
    assert set(rows.measure) >= {"cost_per_participant"}
    assert set(rows.measure).isdisjoint({"cost", "cost_volunteer_time"})


def test_few_in_what_it_is_compared_with_hide_the_difference(fake_study):
    study = fake_study(seeds=12, groups={"all": 100}, private=True)
    table, _, _ = _shown(_with_costs(study, 40.0, KINDS, baseline=0.05))
    assert set(table[table.scenario == "befriending"].measure).isdisjoint({"cost", "cost_per_participant_week"})


def test_why_no_cost_for_each_person_is_not_that_nobody_takes_part(fake_study):
    study = _with_costs(fake_study(seeds=12, groups={"all": 100}, private=True), 8.0, {"fixed": 1500.0})
    table, effects, _ = _shown(study)
    assert "cost" in set(table[table.scenario == "befriending"].measure)
    found = costs(effects, 100.0, study.manifest)
    why = found[(found.scenario == "befriending") & (found.item == "per person reached")].why.item()
    assert why == "fewer than 10 take part, so how many is not shown"


def test_really_nobody_stays_nobody(fake_study):
    study = _with_costs(fake_study(seeds=12, groups={"all": 100}, private=True), 0.0, {"fixed": 1500.0})
    found = costs(_shown(study)[1], 100.0, study.manifest)
    why = found[(found.scenario == "befriending") & (found.item == "per person reached")].why.item()
    assert why == "nobody is reached by taking part"
