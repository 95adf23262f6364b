"""Effects with their intervals: by scenario, by group, by distance."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.compare.facts import records
from sim.compare.ripple import DISTANCES
from sim.compare.wording import group_words, pairs_better
from sim.measures import ESTIMANDS, MEASURES
from sim.plots.style import (
    Style,
    axes,
    escaped,
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

__all__ = ["by_distance", "by_group", "by_scenario", "group_words"]


def by_scenario(
    comparison: pd.DataFrame,
    measure: str,
    *,
    when: str = "horizon",
    order: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
    better: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the effect of each scenario on the whole community with its 95% interval, one line a scenario.

    Parameters
    ----------
    comparison
        As :func:`sim.compare.comparison` gives it.
    measure, when
        Which rows.
    order
        Scenarios in the study's order, the baseline first; it decides the colours.
    titles
        Titles of scenarios.
    better
        ``lower``, ``higher`` or empty; the registry's direction where not given.
    ax
        Axes to draw into; new ones where not given.
    """
    rows = _rows(comparison, measure, when)
    rows = rows[rows["group"] == "all"]
    names = list(dict.fromkeys(rows["scenario"]))
    looks = styles(order or ["", *names])
    titles = titles or {}
    with readable():
        ax = axes(ax, height=0.9 + 0.75 * max(len(names), 1))
        for place, row in enumerate(records(rows)):
            _interval(ax, row, place, looks[str(row["scenario"])], measure)
            if pairs_better(row) != "–":
                _note(ax, f"better in {pairs_better(row)}", place)
        ax.set_yticks(range(len(rows)), [textwrap.fill(escaped(titles.get(name, name)), 19) for name in names])
        _finish(ax, len(rows), measure, better)
        title(ax, f"Effect on {MEASURES[measure].label}", 32)
    return ax


def by_group(
    comparison: pd.DataFrame,
    measure: str,
    *,
    when: str = "horizon",
    order: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
    better: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the effect on each group with its 95% interval; parameters as in :func:`by_scenario`.

    ``comparison`` must have been through :func:`sim.compare.suppress` where the community is surveyed.
    """
    rows = _rows(comparison, measure, when)
    rows = rows[~rows["group"].isin(list(ESTIMANDS))]
    labels = {group: group_words(group) for group in dict.fromkeys(rows["group"])}
    return _dodged(rows, "group", labels, measure, order, titles, better, ax, f"{words_of_measure(measure)}: for whom")


def by_distance(
    summary: pd.DataFrame,
    measure: str,
    *,
    distances: Sequence[str] = tuple(DISTANCES),
    order: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
    better: str | None = None,
    what: str = "how far it travels",
    ax: Axes | None = None,
) -> Axes:
    """Draw the effect by distance from those who took part, with 95% intervals.

    ``summary`` is what :func:`sim.compare.ripple_summary` gives; ``distances`` says which classes to draw,
    ``what`` is the end of the title. Classes that occur in less than half of the runs are left out.
    Other parameters as in :func:`by_scenario`.
    """
    rows = summary[(summary["measure"] == measure) & summary["distance"].isin(list(distances))]
    rows = rows[rows["seeds"] >= 0.5 * summary["seeds"].max()]
    labels = {name: DISTANCES[name] for name in distances if name in set(rows["distance"])}
    heading = f"{words_of_measure(measure)}: {what}"
    return _dodged(rows, "distance", labels, measure, order, titles, better, ax, heading)


def _rows(comparison: pd.DataFrame, measure: str, when: str) -> pd.DataFrame:
    return comparison[(comparison["measure"] == measure) & (comparison["when"] == when)]


def _dodged(
    rows: pd.DataFrame,
    column: str,
    labels: Mapping[str, str],
    measure: str,
    order: Sequence[str] | None,
    titles: Mapping[str, str] | None,
    better: str | None,
    ax: Axes | None,
    heading: str,
) -> Axes:
    """Draw one band a label, in it one interval a scenario, one above the other."""
    names = list(dict.fromkeys(rows["scenario"]))
    if order is not None:
        names = [name for name in order if name in names]
    looks = styles(order or ["", *names])
    places = {label: place for place, label in enumerate(labels)}
    step = 0.8 / max(len(names), 1)
    handles: dict[str, Any] = {}
    with readable():
        ax = axes(ax, height=height_of(len(labels), len(names)))
        for place in range(0, len(labels), 2):
            ax.axhspan(place - 0.5, place + 0.5, color="#f4f4f4", linewidth=0, zorder=0)
        for row in records(rows):
            name = str(row["scenario"])
            offset = (names.index(name) - (len(names) - 1) / 2) * step
            handles[name] = _interval(ax, row, places[str(row[column])] + offset, looks[name], measure)
        ax.set_yticks(range(len(labels)), [textwrap.fill(escaped(text), 19) for text in labels.values()])
        ax.grid(visible=False, axis="y")
        _finish(ax, len(labels), measure, better)
        title(ax, heading, 32)
        legend_below(ax, titles or {}, {name: handles[name] for name in names}, width=30, line=1.2)
    return ax


def height_of(labels: int, scenarios: int) -> float:
    """Return the height in inches that so many labels with so many scenarios each need, legend included."""
    return 1.3 + labels * (0.16 + 0.11 * scenarios) + 0.27 * scenarios


def _interval(ax: Axes, row: Mapping[str, Any], place: float, look: Style, measure: str) -> Any:
    factor, _ = scale_of(measure)
    effect, lower, upper = (float(row[name]) * factor for name in ("effect", "lower", "upper"))
    ax.plot([lower, upper], [place, place], color=look.colour, linewidth=2.2, solid_capstyle="butt")
    return ax.plot([effect], [place], color=look.colour, marker=look.marker, markersize=7, linestyle="none")[0]


def _note(ax: Axes, text: str, place: float) -> None:
    ax.annotate(
        text, (1.0, place), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=9.5,
        color="#444444", xytext=(0, 7), textcoords="offset points",
    )  # fmt: skip


def _finish(ax: Axes, count: int, measure: str, better: str | None) -> None:
    better = MEASURES[measure].better if better is None else better
    ax.axvline(0.0, color="#5f5f5f", linewidth=1.2, zorder=1)
    ax.set_ylim(max(count, 1) - 0.5, -0.5)
    ax.set_xlabel(f"{measure_axis(measure, 'difference in')}\n{_sides(better)}".strip())
    ax.tick_params(axis="y", length=0)
    ax.margins(x=0.08)
    ax.locator_params(axis="x", nbins=4, steps=[1, 2, 5, 10])  # room for numbers such as −0.0005


def _sides(better: str) -> str:
    if better == "lower":
        return "← better      worse →"
    return "← worse      better →" if better == "higher" else "← lower      higher →"
