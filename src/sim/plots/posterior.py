"""What a calibration found: every parameter and pair of them, and the check against what was observed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plots.style import axes, escaped, readable

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["corner", "predictive"]

_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#9a9a9a"
_BINS = 20


def corner(posterior: pd.DataFrame, summary: pd.DataFrame) -> Figure:
    """Draw the posterior of each parameter (diagonal) and of each pair (below it).

    Parameters
    ----------
    posterior
        Weighted parameter sets: ``weight`` and one column for each parameter.
    summary
        One row for each parameter: ``parameter, low, high, log, usual, median, lower, upper``.
    """
    import matplotlib.pyplot as plt

    names = list(summary["parameter"])
    size = len(names)
    with readable():
        figure, grid = plt.subplots(
            size, size, figsize=(2.5 * size + 1.2, 2.5 * size + 0.9), layout="constrained", squeeze=False
        )
        rows = summary.set_index("parameter")
        for down, below in enumerate(names):
            for across, name in enumerate(names):
                ax = grid[down, across]
                if across > down:
                    ax.set_axis_off()
                    continue
                _scale(ax, rows.loc[name], rows.loc[below] if across < down else None)
                if across == down:
                    _one(ax, posterior, rows.loc[name], name)
                else:
                    _pair(ax, posterior, name, below)
                _label(ax, name, below, is_bottom=down == size - 1, is_left=across == 0 and down > 0)
        figure.suptitle(
            "What the data say of each parameter, and of each pair\n"
            "(the width of each plot is what was thought possible before; dashed: before the data)",
            fontsize=11, x=0.01, ha="left",
        )  # fmt: skip
    return figure


def _one(ax: Axes, posterior: pd.DataFrame, row: Any, name: str) -> None:
    values, weights = posterior[name].to_numpy(), posterior["weight"].to_numpy()
    spaced = np.geomspace if row["log"] else np.linspace
    ax.hist(values, bins=spaced(row["low"], row["high"], _BINS + 1).tolist(), weights=weights, color=_BLUE, alpha=0.75)
    ax.axhline(weights.sum() / _BINS, color=_GREY, linestyle="--", linewidth=1)
    ax.axvspan(row["lower"], row["upper"], color=_BLUE, alpha=0.08)
    ax.axvline(row["median"], color=_BLUE, linewidth=1.5)
    ax.set_ylim(0, 1.2 * ax.get_ylim()[1])
    if row["usual"] == row["usual"] and row["usual"] is not None and row["low"] <= row["usual"] <= row["high"]:
        ax.axvline(row["usual"], color=_ORANGE, linestyle=":", linewidth=2)
        is_right = ax.transData.transform((row["usual"], 0))[0] > ax.bbox.x0 + 0.6 * ax.bbox.width
        ax.annotate(
            "usual", (row["usual"], 1.0), xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
            xytext=(-4 if is_right else 4, -3), ha="right" if is_right else "left", color="#a64600", fontsize=9,
        )  # fmt: skip
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.set_title(f"{row['median']:.3g} ({row['lower']:.3g} to {row['upper']:.3g})", fontsize=9.5, fontweight="normal")


def _scale(ax: Axes, across: Any, up: Any | None) -> None:
    """Give the axes the ranges that were thought possible before, by factors where the prior is."""
    if across["log"]:
        ax.set_xscale("log")
    ax.set_xlim(across["low"], across["high"])
    if up is not None:
        if up["log"]:
            ax.set_yscale("log")
        ax.set_ylim(up["low"], up["high"])


def _pair(ax: Axes, posterior: pd.DataFrame, across: str, up: str) -> None:
    weights = posterior["weight"].to_numpy()
    sizes = 6 + 60 * weights / weights.max()
    ax.scatter(posterior[across], posterior[up], s=sizes, color=_BLUE, alpha=0.35, linewidths=0)


def _label(ax: Axes, name: str, below: str, *, is_bottom: bool, is_left: bool) -> None:
    if ax.get_xscale() == "linear":
        ax.locator_params(axis="x", nbins=4)
    if ax.get_yscale() == "linear" and ax.get_yticks().size:
        ax.locator_params(axis="y", nbins=4)
    ax.tick_params(labelsize=9, which="both")
    if is_bottom:
        ax.set_xlabel(_short(name), fontsize=9.5)
        ax.tick_params(axis="x", rotation=30, which="both")
    else:
        ax.tick_params(labelbottom=False, which="both")
    if is_left:
        ax.set_ylabel(_short(below), fontsize=9.5)
    elif ax.get_yticks().size:
        ax.tick_params(labelleft=False, which="both")


def _short(path: str) -> str:
    """Return a path on two lines, without where it begins."""
    _, _, rest = path.partition(".")
    front, _, last = rest.rpartition(".")
    return escaped("\n".join([*textwrap.wrap(front, 26)[:2], last]))


def predictive(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what was observed beside the 95% interval of what the calibrated model predicts, one line for each figure.

    Parameters
    ----------
    table
        One row for each figure: ``measure, group, since, week, value, median, lower, upper, inside``.
    ax
        Axes to draw into; new ones where absent.
    """
    with readable():
        ax = axes(ax, 7.0, 1.7 + 0.34 * len(table))
        places = np.arange(len(table))[::-1]
        ax.hlines(places, table["lower"], table["upper"], color=_BLUE, linewidth=5, alpha=0.35)
        ax.plot(table["median"], places, "|", color=_BLUE, markersize=11, markeredgewidth=2)
        inside = table["inside"].to_numpy(bool)
        ax.plot(table["value"][inside], places[inside], "o", color="black", markersize=6)
        ax.plot(table["value"][~inside], places[~inside], "X", color=_ORANGE, markersize=8)
        ax.set_yticks(places, [_row_name(row) for row in table.itertuples()])
        ax.set_ylim(-0.7, len(table) - 0.3)
        ax.grid(axis="y", visible=False)
        ax.set_xlabel("value of the measure")
        title = "Observed (points) and predicted (bars: 95%)"
        if not inside.all():
            title += "; crosses lie outside"
        ax.set_title(textwrap.fill(title, 46), loc="left", x=0.0, fontsize=11)
    return ax


def _row_name(row: Any) -> str:
    group = "" if row.group == "all" else f" of {row.group}"
    is_change = str(row.since) not in ("None", "nan", "<NA>")
    when = f"weeks {int(row.since)} to {row.week}" if is_change else f"week {row.week}"
    return escaped(f"{row.measure}{group}, {when}")
