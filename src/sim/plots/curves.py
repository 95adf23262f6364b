"""A measure over the weeks: as it is, and as a difference from the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import stats
from sim.measures import MEASURES
from sim.plots.style import (
    axes,
    legend_below,
    measure_axis,
    readable,
    scale_of,
    styles,
    title,
    words_of_measure,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["curves", "difference_curves", "paired_by_week"]


def curves(
    series: pd.DataFrame,
    measure: str,
    *,
    group: str = "all",
    order: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each scenario's mean over the weeks, with the range of the middle 95% of the baseline's runs.

    Bands of every scenario would lie on top of each other: communities differ by more than most
    interventions change. How sure a difference is shows in :func:`difference_curves`.

    Parameters
    ----------
    series
        Rows of ``series.parquet``.
    measure
        Name of the measure.
    group
        ``all`` or ``column=value``.
    order
        Scenarios in the study's order, the baseline first; as they appear in ``series`` where not given.
    titles
        Titles of scenarios; their names where not given.
    ax
        Axes to draw into; new ones where not given.
    """
    table = _weekly(series, measure, group)
    names = _order(table, order)
    factor, _ = scale_of(measure)
    looks = styles(names)
    handles: dict[str, Any] = {}
    with readable():
        ax = axes(ax)
        for name in names:
            weeks, values = _runs(table[table["scenario"] == name])
            values = values * factor
            look = looks[name]
            if name == names[0]:
                low, high = np.nanquantile(values, [0.025, 0.975], axis=1)
                ax.fill_between(weeks, low, high, color=look.colour, alpha=0.14, linewidth=0)
            middle = [stats.mean(row) for row in values]
            handles[name] = ax.plot(
                weeks, middle, color=look.colour, linestyle=look.line, linewidth=1.9, marker=look.marker,
                markersize=5, clip_on=False, markevery=max(1, len(weeks) // 8),
            )[0]  # fmt: skip
        title(ax, f"{words_of_measure(measure)} week by week")
        ax.set_xlabel("Week")
        ax.set_ylabel(measure_axis(measure))
        ax.set_xlim(left=0, right=1.015 * max(int(table["week"].max()), 1))  # room for the last mark
        legend_below(ax, titles or {}, handles)
    return ax


def difference_curves(
    series: pd.DataFrame,
    measure: str,
    *,
    group: str = "all",
    order: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
    better: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how far each scenario is from the baseline of the same runs, with the 95% interval of the mean.

    Parameters are those of :func:`curves`; ``better`` is the direction to call better (the registry's where
    not given). The first scenario of ``order`` is the baseline.
    """
    table = _weekly(series, measure, group)
    names = _order(table, order)
    factor, _ = scale_of(measure)
    looks = styles(names)
    better = MEASURES[measure].better if better is None else better
    handles: dict[str, Any] = {}
    with readable():
        ax = axes(ax)
        ax.axhline(0.0, color="#5f5f5f", linewidth=1.2)
        for name in names[1:]:
            weeks, intervals = paired_by_week(table, name, names[0])
            look = looks[name]
            middle, low, high = (
                np.array([getattr(interval, part) for interval in intervals]) * factor
                for part in ("estimate", "lower", "upper")
            )
            if np.isfinite(low).all():
                ax.fill_between(weeks, low, high, color=look.colour, alpha=0.18, linewidth=0)
            handles[name] = ax.plot(
                weeks, middle, color=look.colour, linestyle=look.line, linewidth=1.9, marker=look.marker,
                markersize=5, clip_on=False, markevery=max(1, len(weeks) // 8),
            )[0]  # fmt: skip
        title(ax, f"{words_of_measure(measure)}: difference from the baseline")
        ax.set_xlabel(f"Week\n{_direction(better)}".strip())
        ax.set_ylabel(measure_axis(measure, "difference in"))
        ax.set_xlim(left=0, right=1.015 * max(int(table["week"].max()), 1))  # room for the last mark
        legend_below(ax, titles or {}, handles)
    return ax


def paired_by_week(
    table: pd.DataFrame, scenario: str, baseline: str
) -> tuple[np.ndarray[Any, Any], list[stats.Interval]]:
    """Return the weeks and, for each, the interval of the paired difference between two scenarios.

    ``table`` holds one measure of one group: columns scenario, community, seed, week, value.
    """
    keys = ["week", "community", "seed"]
    held = {name: table[table["scenario"] == name].set_index(keys)["value"] for name in (scenario, baseline)}
    difference = (held[scenario] - held[baseline]).dropna().reset_index()
    found = [
        (week, stats.cluster_interval(runs["value"].to_numpy(), runs["community"].tolist()))
        for week, runs in difference.groupby("week", sort=True)
    ]
    return np.array([week for week, _ in found]), [interval for _, interval in found]


def _runs(table: pd.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the weeks and the values, shape (weeks, runs)."""
    wide = table.pivot_table(index="week", columns=["community", "seed"], values="value", sort=True)
    return wide.index.to_numpy(), wide.to_numpy()


def _direction(better: str) -> str:
    words = {"lower": "below the line is better", "higher": "above the line is better"}
    return words.get(better, "")


def _weekly(series: pd.DataFrame, measure: str, group: str) -> pd.DataFrame:
    chosen = series[(series["measure"] == measure) & (series["group"] == group)]
    return chosen.assign(scenario=chosen["scenario"].astype(str))


def _order(table: pd.DataFrame, order: Sequence[str] | None) -> list[str]:
    present = list(dict.fromkeys(table["scenario"]))
    return present if order is None else [name for name in order if name in present]
