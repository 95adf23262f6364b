"""How narrow the intervals are, and how many seeds would make them as narrow as wanted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare.facts import Facts
from sim.compare.pairs import primary_runs

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["precision", "seeds_for_precision", "variance_sentence"]


def _found(effects: pd.DataFrame, manifest: Mapping[str, Any]) -> dict[str, stats.Interval]:
    table = primary_runs(effects, Facts.read(manifest))
    found = {}
    for scenario in table:
        held = table[scenario].dropna()
        communities = held.index.get_level_values("community").tolist()
        found[str(scenario)] = stats.cluster_interval(held.to_numpy(), communities)
    return found


def precision(effects: pd.DataFrame, manifest: Mapping[str, Any]) -> dict[str, float]:
    """Return half the width of the 95% interval of each scenario's primary effect, for everybody at the horizon.

    Infinite where one run alone gives no bound, NaN where the measure is defined in no run.
    """
    return {scenario: interval.half_width for scenario, interval in _found(effects, manifest).items()}


def seeds_for_precision(effects: pd.DataFrame, manifest: Mapping[str, Any], half_width: float) -> float:
    """Return how many seeds in all would bring the interval of every scenario to ``half_width`` to either side.

    Judged by the spread of the runs there are. At least :data:`sim.stats.FEWEST_SEEDS`, below which no interval is to
    be trusted. Where the runs share fewer communities than there are seeds, more seeds alone do not average out how
    communities differ; the answer takes the number of communities to grow with the seeds.

    Returns
    -------
    float
        A whole number; infinite where no number of seeds would do, NaN where nothing is known of the spread yet.
    """
    needed = [float(stats.FEWEST_SEEDS)]
    for interval in _found(effects, manifest).values():
        spread = interval.standard_error * math.sqrt(interval.count)
        needed.append(stats.seeds_for_half_width(spread, half_width))
    return math.nan if any(math.isnan(value) for value in needed) else max(needed)


def variance_sentence(comparison: pd.DataFrame, manifest: Mapping[str, Any]) -> str:
    """Return in a sentence how much of the spread of the primary effects comes from the community, how much is chance.

    Empty where the runs cannot tell: where each has a community of its own, or all share one.
    """
    facts = Facts.read(manifest)
    rows = comparison[
        (comparison["measure"] == facts.outcome) & (comparison["group"] == "all") & (comparison["when"] == "horizon")
    ].dropna(subset=["community_share"])
    if rows.empty:
        return ""
    parts = [
        f"{round(100 * share)}% (95% interval {round(100 * low)}% to {round(100 * high)}%) for “{facts.titles[name]}”"
        for name, share, low, high in zip(
            rows["scenario"], rows["community_share"], rows["community_share_lower"], rows["community_share_upper"],
            strict=True,
        )
    ]  # fmt: skip
    floor = " Where it is 0%, communities differed by no more than chance alone makes them differ."
    return (
        "Of the spread of effects between runs, this much comes from which plausible community it is, and the rest "
        f"from chance: {', '.join(parts)}.{floor if (rows['community_share'] == 0.0).any() else ''}"
    )
