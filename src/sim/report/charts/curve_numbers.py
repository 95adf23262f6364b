"""Paired differences week by week with their bands, for all measures and groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
    from scipy.special import stdtrit

    known = ~np.isnan(differences)
    count = known.sum(axis=-1)
    values = np.where(known, differences, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = values.sum(axis=-1) / count
        apart = np.where(known, differences - mean[..., None], 0.0)
        error = np.sqrt((apart**2).sum(axis=-1) / (count - 1) / count)
        freedom = count - 1
        clusters, clustered = _clustered(apart, known, count, communities)
        shared = (clusters > 1) & (clusters != count)
        error = np.where(shared, clustered, error)
        freedom = np.where(shared, clusters - 1, freedom)
        half = stdtrit(np.maximum(freedom, 1), 0.975) * error
    half = np.where(freedom < 1, np.inf, half)
    return mean, mean - half, mean + half


def _clustered(
    apart: Floats, known: NDArray[np.bool_], count: NDArray[np.int64], communities: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats]:
    """Return how many communities there are, and the standard error where they are the independent values."""
    clusters = np.zeros(count.shape, np.int64)
    total = np.zeros(count.shape)
    names = np.unique(communities)
    if len(names) in (1, len(communities)):
        return count if len(names) > 1 else np.minimum(count, 1), total
    for name in names:
        inside = communities == name
        clusters += known[..., inside].any(axis=-1)
        total += (apart[..., inside].sum(axis=-1) / count) ** 2
    return clusters, np.sqrt(clusters / np.maximum(clusters - 1, 1) * total)


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
