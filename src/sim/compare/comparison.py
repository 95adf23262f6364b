"""Every scenario against the baseline: paired effects with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.compare.facts import Facts
from sim.compare.verdicts import verdict_of
from sim.measures import COMPARED, ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "comparison", "residents_of", "versus"]

COLUMNS = (
    "scenario", "measure", "group", "when", "baseline", "value", "effect", "lower", "upper", "share_better",
    "standard_error", "seeds", "seeds_needed", "people_per_1000", "cost", "cost_per_unit",
)  # fmt: skip
"""Columns of ``comparison.csv``, in order."""

WHENS = ("horizon", "average")
"""``horizon``: in the last week; ``average``: over all weeks."""


NOT_OF_EVERYBODY = ("self_stigma", "bridging")
"""Measures that are no mean over all residents, so that an effect times the residents would mean nothing."""


def comparison(series: pd.DataFrame, effects: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row for each scenario, measure, group and when.

    Parameters
    ----------
    series
        Rows of ``series.parquet``; of it only the sizes of the groups are read (``residents`` at week 0).
    effects
        Rows of ``effects.parquet``.
    manifest
        Content of ``manifest.json``.

    Returns
    -------
    pandas.DataFrame
        With the columns :data:`COLUMNS`. ``baseline``, ``value`` and ``effect`` are means over the pairs in
        which the measure is defined; ``seeds`` is their number.
        ``lower`` and ``upper`` bound the 95% interval of the mean paired effect: t with seeds - 1 degrees
        of freedom; where several but not all runs share a community, the communities count as the
        independent values (:func:`sim.stats.cluster_interval`).
        ``share_better`` is the share of pairs in which the scenario was strictly better; NaN for measures
        of which neither direction is better.
        ``seeds_needed`` is NaN where no run differs at all, infinite where no number of runs would do.
        ``people_per_1000`` is the effect as residents of 1,000, for shares; NaN otherwise.
        ``cost`` is the scenario's mean extra cost over the baseline up to the horizon, the same in all its
        rows. ``cost_per_unit`` stands only in rows of ``all`` at the ``horizon``: extra cost divided by
        (favourable effect x residents), that is, for a share, the cost for one resident fewer lonely, and
        for a mean, for one unit of the measure in one resident. It is NaN unless the verdict is ``better``
        and the scenario costs more than the baseline.

        Ordered by scenario (the study's order), measure (the primary one first, then the registry's order),
        group (``all`` first, then by part in the interventions, then as in ``effects``) and when. The measure
        ``residents`` has no row.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    table = _ordered(effects, facts)
    residents = residents_of(series)
    costs = _extra_costs(table)
    rows = [_row(pairs, facts, residents, costs) for pairs in _each(table)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


@dataclass(frozen=True)
class _Pairs:
    """The pairs of one row in which the measure is defined."""

    scenario: str
    measure: str
    group: str
    when: str
    baseline: NDArray[np.float64]
    value: NDArray[np.float64]
    effect: NDArray[np.float64]
    community: NDArray[np.int64]


def _each(table: pd.DataFrame) -> Iterator[_Pairs]:
    """Yield the pairs of each row of an ordered table, without the slow groups of pandas."""
    if table.empty:
        return
    keys = ["scenario", "measure", "group", "when"]
    number = table.groupby(keys, sort=False).ngroup().to_numpy()
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(table)]
    texts = [table[name].to_numpy(object) for name in keys]
    numbers = [table[name].to_numpy() for name in ("baseline", "value", "effect", "community")]
    for first, end in pairwise(edges):
        defined = ~np.isnan(numbers[2][first:end])
        scenario, measure, group, when = (str(column[first]) for column in texts)
        yield _Pairs(scenario, measure, group, when, *(column[first:end][defined] for column in numbers))


def residents_of(series: pd.DataFrame) -> dict[str, float]:
    """Return the mean number of residents of each group at week 0, over runs and scenarios."""
    rows = series[(series["measure"] == "residents") & (series["week"] == 0)]
    groups = rows["group"].astype(str)
    return {str(group): stats.mean(values) for group, values in rows["value"].groupby(groups, sort=False)}


def versus(effects: pd.DataFrame, one: str, other: str, measure: str, when: str = "horizon") -> stats.Interval:
    """Return the interval of the paired difference between two scenarios, whole community, one minus other."""
    chosen = effects[(effects["measure"] == measure) & (effects["group"] == "all") & (effects["when"] == when)]
    held = {
        name: chosen[chosen["scenario"] == name].set_index(["community", "seed"])["effect"] for name in (one, other)
    }
    difference = (held[one] - held[other]).dropna().sort_index()
    communities = difference.index.get_level_values("community").tolist()
    return stats.cluster_interval(difference.to_numpy(), communities)


def _ordered(effects: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Return the effects with plain texts, in the order in which a reader meets them."""
    table = effects.assign(**{name: effects[name].astype(str) for name in ("scenario", "measure", "group", "when")})
    first = ("all", *ESTIMANDS)
    groups = [*first, *(group for group in table["group"].unique() if group not in first)]
    orders = {
        "scenario": facts.compared,
        "measure": facts.ordered_measures(),
        "group": groups,
        "when": WHENS,
    }
    ranks = {}
    for column, order in orders.items():
        position = {name: place for place, name in enumerate(order)}
        ranks[f"{column}_rank"] = table[column].map(position).fillna(len(position))
    table = table.assign(**ranks)
    known = table["measure"].isin(list(COMPARED)) & (table["measure"] != "residents")
    table = table[known & table["scenario"].isin(list(facts.compared))]
    return table.sort_values([*ranks, "community", "seed"], kind="stable")


def _extra_costs(table: pd.DataFrame) -> dict[str, float]:
    rows = table[(table["measure"] == "cost") & (table["group"] == "all") & (table["when"] == "horizon")]
    return {str(name): stats.mean(values) for name, values in rows.groupby("scenario")["effect"]}


def _row(pairs: _Pairs, facts: Facts, residents: Mapping[str, float], costs: Mapping[str, float]) -> dict[str, object]:
    scenario, measure, group, when = pairs.scenario, pairs.measure, pairs.group, pairs.when
    interval = stats.cluster_interval(pairs.effect, pairs.community.tolist())
    better = facts.direction(measure)
    is_share = facts.measure(measure).is_share
    # of independent runs: what the standard error would be of, if each run had its own community
    spread = interval.standard_error * math.sqrt(interval.count) if interval.count else math.nan
    row: dict[str, object] = {
        "scenario": scenario,
        "measure": measure,
        "group": group,
        "when": when,
        "baseline": stats.mean(pairs.baseline),
        "value": stats.mean(pairs.value),
        "effect": interval.estimate,
        "lower": interval.lower,
        "upper": interval.upper,
        "share_better": _share_better(pairs.effect, better),
        "standard_error": interval.standard_error,
        "seeds": interval.count,
        "seeds_needed": stats.seeds_to_settle(interval.estimate, spread),
        "people_per_1000": interval.estimate * 1000.0 if is_share else math.nan,
        "cost": costs.get(scenario, math.nan),
        "cost_per_unit": math.nan,
    }
    favourable = verdict_of(row, better) == "better" and measure != "cost"
    countable = measure not in NOT_OF_EVERYBODY
    if favourable and countable and (group, when) == ("all", "horizon") and costs.get(scenario, 0.0) > 0.0:
        units = abs(interval.estimate) * residents.get("all", math.nan)
        row["cost_per_unit"] = costs[scenario] / units
    return row


def _share_better(effect: Any, better: str) -> float:
    if better not in ("lower", "higher"):
        return math.nan
    return stats.share_better(effect, cast("Literal['lower', 'higher']", better))
