"""Paired differences week by week with their bands, for all measures and groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import stats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_WEEKS", "Curve", "Curves", "bands", "weekly"]

Floats = NDArray[np.float64]

MOST_WEEKS = 53
"""Weeks that a curve shows at most; the first and the last are always among them."""


@dataclass(frozen=True)
class Curve:
    """One measure of one group of residents."""

    weeks: NDArray[np.int64]
    """Weeks in which it was taken, shape (weeks,)."""
    level: Floats
    """Mean over the runs, shape (scenarios, weeks), the baseline first."""
    spread: Floats
    """2.5% and 97.5% quantile of the baseline's runs, shape (2, weeks)."""
    difference: Floats
    """Mean paired difference and its 95% bounds, shape (scenarios without the baseline, 3, weeks)."""


@dataclass(frozen=True)
class Curves:
    """All curves by measure and group."""

    found: dict[tuple[str, str], Curve] = field(default_factory=dict)

    def of(self, measure: str, group: str = "all") -> Curve | None:
        """Return one curve; nothing where it was not taken or may not be shown."""
        return self.found.get((measure, group))


def bands(differences: Floats, communities: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return mean and 95% bounds over the last axis: :func:`sim.stats.cluster_interval` for many rows at once.

    Parameters
    ----------
    differences
        Paired differences, shape (..., runs); NaN where a run has none.
    communities
        The community of each run, shape (runs,).
    """
    order = np.argsort(communities, kind="stable")
    rows = differences[..., order].reshape(-1, len(order))
    known = ~np.isnan(rows)
    filled, group = np.unique(np.nonzero(known)[0], return_inverse=True)
    found = stats.Grouped(group, np.broadcast_to(communities[order], rows.shape)[known]).intervals(rows[known])
    told = np.full((3, len(rows)), np.nan)
    told[:, filled] = found.estimate, found.lower, found.upper
    mean, lower, upper = told.reshape(3, *differences.shape[:-1])
    return mean, lower, upper


def weekly(series: pd.DataFrame, scenarios: Sequence[str], measures: Sequence[str], groups: Sequence[str]) -> Curves:
    """Return the curves of some measures and groups.

    Parameters
    ----------
    series
        Rows of ``series.parquet``.
    scenarios
        In the study's order, the baseline first.
    measures, groups
        Which curves.
    """
    wanted = series[series["measure"].isin(list(measures)) & series["group"].isin(list(groups))]
    if wanted.empty:
        return Curves()
    pairs = wanted[["community", "seed"]].drop_duplicates().sort_values(["community", "seed"])
    communities = pairs["community"].to_numpy(np.int64)
    wide = int(pairs["seed"].max()) + 1
    keys = communities * wide + pairs["seed"].to_numpy(np.int64)
    run = np.searchsorted(keys, wanted["community"].to_numpy(np.int64) * wide + wanted["seed"].to_numpy(np.int64))
    found = {}
    codes = [_codes(wanted[column], names) for column, names in (("scenario", scenarios), ("measure", measures))]
    group_code = _codes(wanted["group"], groups)
    week, value = wanted["week"].to_numpy(np.int64), wanted["value"].to_numpy(np.float64)
    curve = np.where(codes[0] < 0, -1, codes[1] * len(groups) + group_code)
    order = np.argsort(curve, kind="stable")  # once, in place of one look at all rows for each curve
    ends = np.searchsorted(curve[order], np.arange(len(measures) * len(groups) + 1))
    for number, (first, last) in enumerate(pairwise(ends)):
        if first < last:
            held = order[first:last]
            key = measures[number // len(groups)], groups[number % len(groups)]
            found[key] = _curve(codes[0][held], week[held], run[held], value[held], len(scenarios), communities)
    return Curves(found)


def _codes(column: pd.Series[str], names: Sequence[str]) -> NDArray[np.int64]:
    """Return the place of each value among ``names``, -1 where it is none of them."""
    import pandas as pd

    coded = column.astype("category").cat
    places = pd.Index(list(names)).get_indexer(coded.categories.astype(str))
    return np.append(places, -1).astype(np.int64)[coded.codes.to_numpy(np.int64)]


def _curve(
    scenario: NDArray[np.int64],
    week: NDArray[np.int64],
    run: NDArray[np.int64],
    value: Floats,
    scenarios: int,
    communities: NDArray[np.int64],
) -> Curve:
    weeks, place = np.unique(week, return_inverse=True)
    held = np.full((scenarios, len(weeks), len(communities)), np.nan)
    held[scenario, place, run] = value
    kept = np.unique(np.linspace(0, len(weeks) - 1, min(len(weeks), MOST_WEEKS)).round().astype(int))
    held, weeks = held[:, kept], weeks[kept]
    count = (~np.isnan(held)).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        level = np.where(count > 0, np.nansum(held, axis=-1) / np.maximum(count, 1), np.nan)
    base = held[0]
    full = ~np.isnan(base).all(axis=-1)
    spread = np.full((2, len(weeks)), np.nan)
    spread[:, full] = np.nanquantile(base[full], [0.025, 0.975], axis=-1)
    mean, low, high = bands(held[1:] - base, communities)
    return Curve(weeks, level, spread, np.stack([mean, low, high], axis=1))
