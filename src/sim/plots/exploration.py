"""The effect of each candidate across plausible worlds."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plots.style import axes, escaped, plain_ticks, readable, styles, title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["across_worlds", "regrets"]

_GOLDEN = 0.6180339887498949


def across_worlds(
    effects: pd.DataFrame,
    table: pd.DataFrame,
    *,
    order: Sequence[str],
    titles: Mapping[str, str] | None = None,
    what: str = "the outcome",
    unit: str = "",
    better: str = "lower",
    ax: Axes | None = None,
) -> Axes:
    """Draw each candidate's effect in every world, one dot a world, and how often it is best.

    Parameters
    ----------
    effects
        One row a world, one column a candidate.
    table
        As :class:`sim.exploration.Ranking` has it.
    order
        Scenarios in the study's order, the baseline first; it decides the colours.
    titles
        Titles of candidates.
    what, unit
        What the effect is on, and its unit.
    better
        ``lower`` or ``higher``.
    ax
        Axes to draw into; new ones where absent.
    """
    looks, titles = styles(order), titles or {}
    rows: list[Any] = [row for row in table.to_dict("records") if row["scenario"] != order[0]]
    with readable():
        ax = axes(ax, width=7.2, height=1.5 + 0.85 * len(rows))
        for place, row in enumerate(rows):
            name = row["scenario"]
            values = effects[name].to_numpy()
            # spread out by the golden ratio: dots that are neighbours in value lie apart
            height = place + 0.5 * ((np.argsort(np.argsort(values)) * _GOLDEN) % 1.0 - 0.5)
            ax.plot(values, height, ".", color=looks[name].colour, alpha=0.45, markersize=5, zorder=2)
            ax.plot([row["effect_low"], row["effect_high"]], [place, place], color="#222222", linewidth=1.6, zorder=3)
            ax.plot([float(np.median(values))], [place], "o", color="#222222", markersize=7, zorder=4)
            ax.annotate(
                f"best in {row['share_best']:.0%}", (1.0, place), xycoords=("axes fraction", "data"),
                xytext=(6, 0), textcoords="offset points", va="center", fontsize=10,
            )  # fmt: skip
        ax.axvline(0.0, color="#5f5f5f", linewidth=1.2, zorder=1)
        ax.set_yticks(range(len(rows)), [textwrap.fill(escaped(titles.get(r["scenario"], r["scenario"])), 22)
                                         for r in rows])  # fmt: skip
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
        ax.locator_params(axis="x", nbins=5)
        plain_ticks(ax)
        sides = "← better      worse →" if better == "lower" else "← worse      better →"
        ax.set_xlabel(f"Effect on {what}{f' ({unit})' if unit else ''}, one dot a world\n{sides}")
        title(ax, f"Effect on {what} across {len(effects)} plausible worlds", 56)
    return ax


def regrets(
    table: pd.DataFrame, *, titles: Mapping[str, str] | None = None, what: str = "the outcome", unit: str = "",
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw what each choice gives away against the best of each world: on average, and at worst."""
    rows: list[Any] = table.sort_values("expected_regret", kind="stable").to_dict("records")
    titles = titles or {}
    with readable():
        ax = axes(ax, width=6.8, height=1.5 + 0.55 * len(rows))
        for place, row in enumerate(rows):
            ax.plot([0, row["maximum_regret"]], [place, place], color="#b5b5b5", linewidth=2, zorder=1)
            ax.plot([row["maximum_regret"]], [place], "|", color="#5f5f5f", markersize=14, markeredgewidth=2,
                    label="at worst" if place == 0 else None)  # fmt: skip
            ax.plot([row["expected_regret"]], [place], "o", color="#0072B2", markersize=9,
                    label="on average" if place == 0 else None)  # fmt: skip
        ax.set_yticks(range(len(rows)), [textwrap.fill(escaped(titles.get(r["scenario"], r["scenario"])), 26)
                                         for r in rows])  # fmt: skip
        ax.set_ylim(len(rows) - 0.5, -0.6)
        ax.set_xlim(left=0)
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
        ax.locator_params(axis="x", nbins=5)
        plain_ticks(ax)
        ax.set_xlabel(f"Given away against the best choice of each world{f' ({unit})' if unit else ''}")
        ax.legend(loc="upper right", fontsize=9.5)
        title(ax, f"Regret: {what}", 56)
    return ax
