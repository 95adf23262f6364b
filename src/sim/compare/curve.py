"""An effect week by week, with a band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import stats
from sim.compare.facts import Facts
from sim.compare.pairs import codes_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["effect_curve"]

COLUMNS = (
    "scenario", "measure", "group", "week", "baseline", "value", "effect", "lower", "upper", "standard_error",
    "share_better", "seeds",
)  # fmt: skip


def effect_curve(
    series: pd.DataFrame, manifest: Mapping[str, Any], measure: str, group: str = "all", against: str | None = None
) -> pd.DataFrame:
    """Return the mean paired effect in every week in which the measure was taken, with its 95% interval.

    The band is pointwise: in each single week it covers as it says, over all weeks together it covers less.

    Parameters
    ----------
    series
        Rows of ``series.parquet``.
    manifest
        Content of ``manifest.json``.
    measure
        Name of a measure.
    group
        ``all`` or ``column=value``.
    against
        Scenario that the others are compared with; the baseline where absent.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, measure, group, week, baseline (mean of the scenario compared with), value, effect, lower,
        upper, standard_error, share_better (NaN where neither way is better), seeds; by scenario in the study's
        order and week.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    reference = against or facts.baseline
    rows = series[(series["measure"] == measure) & (series["group"] == group)]
    order = [reference, *(name for name in facts.scenarios if name != reference)]
    table = pd.DataFrame(
        {name: rows[name].to_numpy() for name in ("community", "seed", "week", "value")}
        | {"scenario": codes_of(rows["scenario"], order)}
    )  # fmt: skip
    where = ["community", "seed", "week"]
    without = table[table["scenario"] == 0].drop(columns="scenario")
    pairs = table[table["scenario"] > 0].merge(without, on=where, suffixes=("", "_without"))
    pairs = pairs.dropna(subset=["value", "value_without"]).sort_values(["scenario", "week", "community", "seed"])
    different, group_of = np.unique(pairs[["scenario", "week"]].to_numpy(), axis=0, return_inverse=True)
    grouped = stats.Grouped(group_of.ravel(), pairs["community"].to_numpy())
    value, baseline = (pairs[name].to_numpy(np.float64) for name in ("value", "value_without"))
    found = grouped.intervals(value - baseline)
    wanted = {"lower": -1.0, "higher": 1.0}.get(facts.direction(measure))
    better = np.zeros(len(value)) if wanted is None else ((value - baseline) * wanted > 0.0).astype(np.float64)
    names = np.array(order, dtype=object)
    return pd.DataFrame({
        "scenario": names[different[:, 0]] if len(different) else [], "measure": measure, "group": group,
        "week": different[:, 1] if len(different) else [], "baseline": grouped.mean(baseline),
        "value": grouped.mean(value), "effect": found.estimate, "lower": found.lower, "upper": found.upper,
        "standard_error": found.standard_error,
        "share_better": grouped.total(better) / grouped.count if wanted is not None else np.nan,
        "seeds": grouped.count,
    }, columns=list(COLUMNS))  # fmt: skip
