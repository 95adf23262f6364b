"""What a figure shows, in words, for those who cannot see it: made from the numbers that were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare.facts import records
from sim.compare.ripple import DISTANCES
from sim.compare.wording import amount, between, joined, number
from sim.measures import ESTIMANDS, MEASURES
from sim.plots.intervals import group_words
from sim.plots.style import scale_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["alt_by_distance", "alt_by_group", "alt_by_scenario", "alt_curves", "alt_difference_curves"]

_MOST = 12
"""Values that a description names at most; the tables of the report hold all of them."""


def alt_curves(series: pd.DataFrame, measure: str, titles: Mapping[str, str], group: str = "all") -> str:
    """Return what :func:`sim.plots.curves` shows: where each scenario starts and ends."""
    table = series[(series["measure"] == measure) & (series["group"] == group)]
    last = int(table["week"].max())
    factor, unit = scale_of(measure)
    decimals = 0 if factor > 1 else 3

    def level(name: str, week: int) -> str:
        values = table[(table["scenario"] == name) & (table["week"] == week)]["value"]
        return number(stats.mean(values.to_numpy()) * factor, decimals)

    parts = [
        f"{titles.get(name, name)} from {level(name, 0)} to {level(name, last)}"
        for name in dict.fromkeys(table["scenario"].astype(str))
    ]
    shown = f" ({unit})" if unit else ""
    return f"Line chart of mean {MEASURES[measure].label}{shown} from week 0 to week {last}: {'; '.join(parts)}."


def alt_difference_curves(
    comparison: pd.DataFrame, measure: str, titles: Mapping[str, str], weeks: int, baseline: str
) -> str:
    """Return what :func:`sim.plots.difference_curves` shows: where each difference ends."""
    return (
        f"Line chart of the difference in {MEASURES[measure].label} from “{titles.get(baseline, baseline)}” "
        f"over {weeks} weeks, with 95% intervals. In the last week: {_effects(comparison, measure, titles)}."
    )


def alt_by_scenario(comparison: pd.DataFrame, measure: str, titles: Mapping[str, str]) -> str:
    """Return what :func:`sim.plots.by_scenario` shows."""
    return (
        f"Chart of the effect of each scenario on {MEASURES[measure].label} with 95% intervals: "
        f"{_effects(comparison, measure, titles)}."
    )


def alt_by_group(comparison: pd.DataFrame, measure: str, titles: Mapping[str, str]) -> str:
    """Return what :func:`sim.plots.by_group` shows: each scenario's most and least favoured group."""
    rows = comparison[(comparison["measure"] == measure) & (comparison["when"] == "horizon")]
    rows = rows[~rows["group"].isin(["all", *ESTIMANDS]) & rows["effect"].notna()]
    parts = []
    for name, held in rows.groupby("scenario", sort=False):
        lowest, highest = (_record(held, held["effect"].idxmin()), _record(held, held["effect"].idxmax()))
        parts.append(
            f"{titles.get(str(name), str(name))}, from {amount(lowest)} ({group_words(str(lowest['group']))}) to "
            f"{amount(highest)} ({group_words(str(highest['group']))})"
        )
    return (
        f"Chart of the effect on {MEASURES[measure].label} by group of residents, with 95% intervals; the "
        f"numbers stand in the table below. Range over groups: {'; '.join(parts)}."
    )


def alt_by_distance(summary: pd.DataFrame, measure: str, titles: Mapping[str, str]) -> str:
    """Return what :func:`sim.plots.by_distance` shows."""
    rows = summary[summary["measure"] == measure]
    parts = []
    for name, held in rows.groupby("scenario", sort=False):
        found = [f"{DISTANCES[str(row['distance'])]} {amount(row)}" for row in records(held)[:_MOST]]
        parts.append(f"{titles.get(str(name), str(name))}: {joined(found)}")
    return (
        f"Chart of the effect on {MEASURES[measure].label} by distance from those who took part, with 95% "
        f"intervals. {'. '.join(parts)}."
    )


def _record(rows: pd.DataFrame, label: Any) -> dict[str, Any]:
    return {str(key): value for key, value in rows.loc[label].items()}


def _effects(comparison: pd.DataFrame, measure: str, titles: Mapping[str, str]) -> str:
    rows = comparison[
        (comparison["measure"] == measure) & (comparison["when"] == "horizon") & (comparison["group"] == "all")
    ]
    parts = [
        f"{titles.get(str(row['scenario']), str(row['scenario']))} {amount(row)} ({between(row)})"
        for row in records(rows)
    ]
    more = f"; and {len(parts) - _MOST} more" if len(parts) > _MOST else ""
    return "; ".join(parts[:_MOST]) + more
