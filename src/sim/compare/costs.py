"""What it costs: by kind, for each person reached, for a unit of effect, and at the same budget for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.compare.comparison import NOT_OF_EVERYBODY
from sim.compare.facts import Facts
from sim.compare.hidden_costs import TOO_FEW_FOR_COSTS
from sim.compare.pairs import at_the_end
from sim.compare.scaling import Limit, most
from sim.compare.verdicts import verdict_of
from sim.errors import InputError
from sim.measures import COMPARED, COST_KINDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NOT_BY_PLACES", "at_budget", "costs"]

NOT_BY_PLACES = ("fixed", "per_week")
"""Kinds of cost that are the same however many take part."""

COST_COLUMNS = ("scenario", "item", "unit", "cost", "lower", "upper", "seeds", "why")
BUDGET_COLUMNS = (
    "scenario", "measure", "budget", "cost", "fixed", "factor", "cost_then", "effect", "lower", "upper",
    "people_per_1000", "seeds", "note",
)  # fmt: skip

Floats = NDArray[np.float64]


def _ratio(above: Floats, below: Floats, community: NDArray[Any]) -> tuple[float, float, float]:
    grouped = stats.Grouped(np.zeros(len(above), np.int64), community)
    found = stats.ratio_intervals(grouped, above, below)
    return tuple(float(part[0]) for part in (found.estimate, found.lower, found.upper))  # type: ignore[return-value]


def costs(
    effects: pd.DataFrame, residents: float, manifest: Mapping[str, Any], measure: str | None = None
) -> pd.DataFrame:
    """Return what each scenario costs more than the baseline up to the horizon, and for what.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``.
    residents
        Residents of the community.
    manifest
        Content of ``manifest.json``.
    measure
        What a unit of effect is of; the primary measure where absent.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, item, unit, cost, lower, upper, seeds, why. Items: ``total``; a kind of
        :data:`sim.measures.COST_KINDS`; ``per person reached``; ``per unit of effect``, that is for one unit of the
        measure in one resident, or for one resident fewer (more), as ``unit`` says. Ratios are ratios of means with
        Fieller's interval; where there is none, ``why`` says why: the effect's interval includes no difference, the
        effect is unfavourable, nobody was reached.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    measure = measure or facts.outcome
    tables = {name: at_the_end(effects, name) for name in ("cost", *(f"cost_{kind}" for kind in COST_KINDS))}
    reached, effect = at_the_end(effects, "reached"), at_the_end(effects, measure)
    rows: list[dict[str, Any]] = []
    for scenario in facts.compared:
        if scenario not in tables["cost"]:
            if facts.private and scenario in effect:
                rows += [*_kinds(scenario, tables), _not_shown(scenario, len(effect[scenario].dropna()))]
            continue
        total = tables["cost"][scenario].dropna()
        rows += _kinds(scenario, tables)
        people = reached[scenario].reindex(total.index) * residents if scenario in reached else total.iloc[:0]
        rows.append(_per_person(scenario, total, people, facts))
        if scenario in effect and measure not in NOT_OF_EVERYBODY:
            rows.append(_per_unit(scenario, total, effect[scenario].reindex(total.index), residents, facts, measure))
    return pd.DataFrame(rows, columns=list(COST_COLUMNS))


def _kinds(scenario: str, tables: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    rows = []
    for name, table in tables.items():
        if scenario not in table:
            continue
        held = table[scenario].dropna()
        found = stats.cluster_interval(held.to_numpy(), held.index.get_level_values("community").tolist())
        kind = name.removeprefix("cost_") if name != "cost" else "total"
        if kind != "total" and found.estimate == 0.0 and found.upper == 0.0:
            continue
        rows.append({
            "scenario": scenario, "item": kind, "unit": COST_KINDS.get(kind, "all kinds"), "cost": found.estimate,
            "lower": found.lower, "upper": found.upper, "seeds": found.count, "why": "",
        })  # fmt: skip
    return rows


def _not_shown(scenario: str, seeds: int) -> dict[str, Any]:
    return {"scenario": scenario, "item": "total", "unit": "all kinds", "seeds": seeds, "why": TOO_FEW_FOR_COSTS}


def _per_person(scenario: str, total: pd.Series[Any], people: pd.Series[Any], facts: Facts) -> dict[str, Any]:
    hidden, runs = facts.private and people.empty, len(total)
    total = total.reindex(people.index)
    known = people.notna().to_numpy()
    spent, count = total.to_numpy(np.float64)[known], people.to_numpy(np.float64)[known]
    head = {"scenario": scenario, "item": "per person reached", "unit": "one resident who takes or took part"}
    if not count.any():
        nobody = "nobody is reached by taking part"
        few = f"fewer than {facts.least} take part, so how many is not shown"
        return {**head, "seeds": runs, "why": few if hidden else nobody}
    cost, lower, upper = _ratio(spent, count, total.index.get_level_values("community").to_numpy()[known])
    why = "" if np.isfinite(cost) else "in some runs nobody is reached, so that no interval is bounded"
    return {**head, "cost": cost, "lower": lower, "upper": upper, "seeds": len(spent), "why": why}


def _per_unit(
    scenario: str, total: pd.Series[Any], effect: pd.Series[Any], residents: float, facts: Facts, measure: str
) -> dict[str, Any]:
    described = COMPARED[measure]
    known = effect.notna().to_numpy()
    spent, change = total.to_numpy(np.float64)[known], effect.to_numpy(np.float64)[known]
    community = total.index.get_level_values("community").to_numpy()[known]
    direction = facts.direction(measure)
    fewer = "fewer" if direction == "lower" else "more"
    unit = f"one resident {fewer} {described.label}" if described.is_share else f"one unit of {described.label}"
    head = {"scenario": scenario, "item": "per unit of effect", "unit": unit, "seeds": len(spent)}
    interval = stats.cluster_interval(change, community.tolist())
    verdict = verdict_of(
        {"measure": measure, "effect": interval.estimate, "lower": interval.lower, "upper": interval.upper,
         "seeds": interval.count, "runs_differ": int(np.count_nonzero(change))}, direction,
    )  # fmt: skip
    if verdict != "better":
        return {**head, "why": _WHY_NOT.get(verdict, f"the effect: {verdict}")}
    if not stats.mean(spent) > 0.0:
        return {**head, "why": "it costs nothing more"}
    sign = -1.0 if direction == "lower" else 1.0
    units = sign * change * (1.0 if described.is_total else residents)
    cost, lower, upper = _ratio(spent, units, community)
    return {**head, "cost": cost, "lower": lower, "upper": upper, "why": ""}


_WHY_NOT = {
    "too close to call": "the interval of the effect includes no difference",
    "worse": "the effect is unfavourable",
    "too few runs": f"fewer than {stats.FEWEST_SEEDS} paired runs",
    "no difference": "there is no effect",
    "practically nothing": "there is practically no effect",
}


def at_budget(
    effects: pd.DataFrame, manifest: Mapping[str, Any], budget: float, measure: str | None = None
) -> pd.DataFrame:
    """Return what each scenario would do if it were made larger or smaller to cost the same.

    The runs are not played again. What does not depend on how many take part (:data:`NOT_BY_PLACES`) is paid in full;
    the rest of the budget buys ``factor`` times as much of what was played, and it is *assumed* that this does
    ``factor`` times as much: that the next places do as much good as those played. They seldom do (the loneliest are
    chosen first; word of mouth and saturation are not linear), so a factor far from 1 is marked, and
    :func:`sim.compare.settings_at_budget` says what to set to play the scenarios at that size. Nothing is made larger
    than the community is: growth stops where everybody who is eligible is invited (:func:`sim.compare.most`), and the
    rest of the budget is left.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``.
    manifest
        Content of ``manifest.json``.
    budget
        Extra cost over the baseline up to the horizon that each scenario may have, above 0.
    measure
        The primary measure where absent.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, measure, budget, cost (as played), fixed (of it, whoever takes part), factor, cost_then (at
        that size: the budget, or less where growth stops before), effect, lower, upper (those of what was
        played, so many times as large), people_per_1000 (for shares), seeds, note.
        Where a scenario cannot be scaled, factor and effect are NaN and ``note`` says why.
    """
    import pandas as pd

    if not (budget > 0.0 and np.isfinite(budget)):
        raise InputError(f"a budget must be above 0, not {budget:g}")
    facts = Facts.read(manifest)
    measure = measure or facts.outcome
    total, effect = at_the_end(effects, "cost"), at_the_end(effects, measure)
    kinds = [at_the_end(effects, f"cost_{kind}") for kind in NOT_BY_PLACES]
    rows: list[dict[str, Any]] = []
    for scenario in facts.compared:
        if scenario not in effect or (scenario not in total and not facts.private):
            continue
        change = effect[scenario].dropna()
        if scenario not in total:
            rows.append({"scenario": scenario, "measure": measure, "budget": budget, "seeds": len(change),
                         "note": f"its cost is {TOO_FEW_FOR_COSTS}"})  # fmt: skip
            continue
        spent = total[scenario].reindex(change.index)
        fixed = sum((kind[scenario].reindex(change.index).fillna(0.0) for kind in kinds if scenario in kind), spent * 0)
        rows.append({"scenario": scenario, "measure": measure, "budget": budget,
                     **_scaled(change, spent, fixed, budget, most(manifest, scenario)),
                     })  # fmt: skip
        if COMPARED[measure].is_share and "effect" in rows[-1]:
            rows[-1]["people_per_1000"] = rows[-1]["effect"] * 1000.0
    return pd.DataFrame(rows, columns=list(BUDGET_COLUMNS))


def _scaled(
    change: pd.Series[Any], spent: pd.Series[Any], fixed: pd.Series[Any], budget: float, limit: Limit
) -> dict[str, Any]:
    cost, base = stats.mean(spent), stats.mean(fixed)
    row: dict[str, Any] = {"cost": cost, "fixed": base, "seeds": len(change)}
    by_places = (spent - fixed).to_numpy(np.float64)
    if not stats.mean(by_places) > 0.0:
        nothing = "it costs nothing more" if not cost > 0.0 else "what it costs does not depend on how many take part"
        return {**row, "note": f"cannot be scaled: {nothing}"}
    if budget <= base:
        return {**row, "note": "cannot be scaled: the budget does not cover what it costs whoever takes part"}
    if not limit.factor > 0.0:
        return {**row, "note": f"cannot be scaled: {limit.why}"}
    wanted = (budget - base) / stats.mean(by_places)
    factor = min(wanted, limit.factor)
    community = change.index.get_level_values("community").to_numpy()
    values = change.to_numpy(np.float64)
    played = stats.cluster_interval(values, community.tolist())
    stops = f"; growth stops there: {limit.why}" if factor < wanted else ""
    far = "; far from what was played: play it at that size" if not 0.5 <= factor <= 2.0 else ""
    loose = f"; {limit.loose}" if limit.loose and not 0.9 <= factor <= 1.1 else ""
    return {
        **row, "factor": factor, "cost_then": base + factor * stats.mean(by_places),
        "effect": played.estimate * factor, "lower": played.lower * factor, "upper": played.upper * factor,
        "note": f"assumes that each place does as much as those played{stops}{far}{loose}",
    }  # fmt: skip
