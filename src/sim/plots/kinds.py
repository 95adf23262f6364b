"""Every kind of figure by its name: what notebooks ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.compare import Facts, ripple_summary
from sim.plots.curves import curves, difference_curves
from sim.plots.intervals import by_distance, by_group, by_scenario
from sim.plots.moved import moved_by

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["KINDS", "Tables", "draw_kind"]

KINDS = ("weeks", "difference", "effects", "groups", "distance", "moved")


@dataclass(frozen=True)
class Tables:
    """What figures are drawn from, ready for readers."""

    series: pd.DataFrame
    comparison: pd.DataFrame
    ripple: pd.DataFrame
    contributions: pd.DataFrame


def draw_kind(
    kind: str,
    tables: Tables,
    facts: Facts,
    measure: str,
    *,
    group: str = "all",
    scenario: str = "",
    when: str = "horizon",
    ax: Axes | None = None,
) -> Axes:
    """Draw one of :data:`KINDS` and return the axes; see :meth:`sim.Results.plot`."""
    order, titles, better = list(facts.scenarios), dict(facts.titles), facts.direction(measure)
    common: dict[str, Any] = {"order": order, "titles": titles, "ax": ax}
    if kind == "weeks":
        return curves(tables.series, measure, group=group, **common)
    if kind == "difference":
        return difference_curves(tables.series, measure, group=group, better=better, **common)
    if kind == "effects":
        return by_scenario(tables.comparison, measure, when=when, better=better, **common)
    if kind == "groups":
        return by_group(tables.comparison, measure, when=when, better=better, **common)
    if kind == "distance":
        return by_distance(ripple_summary(tables.ripple), measure, better=better, **common)
    return moved_by(tables.contributions, measure, scenario, baseline=facts.baseline, titles=titles, ax=ax)
