"""Whether a community would reach what it wants to reach."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare.comparison import residents_of
from sim.compare.facts import Facts
from sim.compare.suppression import NO_COUNT
from sim.measures import COMPARED

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TargetResult", "target_results"]


@dataclass(frozen=True)
class TargetResult:
    """One target of one scenario."""

    scenario: str
    measure: str
    week: int
    """The week it was looked at."""
    bound: float
    """What the measure should be below or above."""
    side: str
    """``below`` or ``above``."""
    interval: stats.Interval
    """Mean of the measure in that week over all runs, with its 95% interval."""
    verdict: str
    """``met``, ``missed``, ``too close to call``, ``too few runs`` or ``not measured``."""


def target_results(series: pd.DataFrame, manifest: Mapping[str, Any]) -> list[TargetResult]:
    """Return every target of every scenario with what came out, for the whole community.

    Met means that the 95% interval of the mean over the runs lies wholly on the wanted side. For a surveyed community
    a value that stands for a few residents is not told, only what became of the target.
    """
    facts = Facts.read(manifest)
    residents = residents_of(series).get("all", math.nan) if facts.private else math.nan
    found = []
    for name in facts.scenarios:
        resolved = manifest["scenarios"][name].get("resolved") or {}
        for target in resolved.get("targets") or ():
            found += [
                _without_few(each, residents, facts.least) for each in _results(series, name, target, facts.weeks)
            ]
    return found


def _without_few(result: TargetResult, residents: float, least: int) -> TargetResult:
    """Return a result without its value where that is a count of a few surveyed residents."""
    people = result.interval.estimate * residents
    if not (COMPARED[result.measure].is_share and result.measure not in NO_COUNT and 0.0 < people < least):
        return result
    nothing = replace(
        result.interval, estimate=math.nan, lower=math.nan, upper=math.nan, standard_error=math.nan
    )  # fmt: skip
    return replace(result, interval=nothing)


def _results(series: pd.DataFrame, scenario: str, target: Mapping[str, Any], horizon: int) -> list[TargetResult]:
    week = horizon if target.get("at") is None else int(target["at"])
    measure = str(target["measure"])
    rows = series[
        (series["measure"] == measure)
        & (series["group"] == "all")
        & (series["scenario"] == scenario)
        & (series["week"] == week)
    ]
    interval = stats.cluster_interval(rows["value"].to_numpy(), rows["community"].tolist())
    return [
        TargetResult(
            scenario, measure, week, float(target[side]), side, interval,
            _verdict(interval, float(target[side]), side),
        )
        for side in ("below", "above")
        if target.get(side) is not None
    ]  # fmt: skip


def _verdict(interval: stats.Interval, bound: float, side: str) -> str:
    if interval.count == 0:
        return "not measured"
    if stats.too_few(interval.count):
        return "too few runs"
    wanted, unwanted = (interval.upper < bound, interval.lower >= bound)
    if side == "above":
        wanted, unwanted = (interval.lower > bound, interval.upper <= bound)
    return "met" if wanted else "missed" if unwanted else "too close to call"
