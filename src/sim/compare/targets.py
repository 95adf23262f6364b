"""Whether a community would reach what it wants to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare.facts import Facts

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

    Met means that the 95% interval of the mean over the runs lies wholly on the wanted side.
    """
    facts = Facts.read(manifest)
    found = []
    for name in facts.scenarios:
        resolved = manifest["scenarios"][name].get("resolved") or {}
        for target in resolved.get("targets") or ():
            found += _results(series, name, target, facts.weeks)
    return found


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
