"""What an interval allows to be said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim import stats
from sim.compare.wording import counted
from sim.measures import COMPARED

__all__ = ["FEWEST_DIFFERENT", "FEW_COMMUNITIES", "NEGLIGIBLE", "VERDICTS", "verdict", "verdict_of", "why_too_close"]

NEGLIGIBLE = 1e-4
"""Differences (means over residents) below this are called practically nothing: our choice, no estimate.

Paired runs are so alike that a difference of no consequence can be beyond doubt; "better" would mislead.
"""

FEWEST_DIFFERENT = 6
"""Where fewer paired runs differ at all, chance alone would make them all differ the same way in more than one study of
twenty (sign test), so nothing is called, whatever the interval."""

FEW_COMMUNITIES = 10
"""Where several runs share a community and there are fewer of these, they are too few to judge by: no chances of being
best are given, and what is too close to call for that reason alone is told so. Our choice, no estimate."""

VERDICTS = {
    "better": "The 95% interval lies wholly on the favourable side.",
    "worse": "The 95% interval lies wholly on the unfavourable side.",
    "higher": "The 95% interval lies wholly above zero; neither direction is called better.",
    "lower": "The 95% interval lies wholly below zero; neither direction is called better.",
    "practically nothing": (
        "The whole 95% interval is within 0.0001 of zero: less than one resident in 10,000, or a scale from 0 "
        "to 1 moved by less than a ten-thousandth."
    ),
    "too close to call": (
        "The 95% interval includes no difference, or fewer than six of the paired runs differ at all. Where several "
        "runs share a community, the interval is one between communities."
    ),
    "no difference": "No run differed at all.",
    "too few runs": f"Fewer than {stats.FEWEST_SEEDS} paired runs: no verdict is given.",
    "not judged": (
        f"Residents who end worse off are counted once in each community; below {stats.FEWEST_SEEDS} communities no "
        "verdict is given."
    ),
    "not defined": "The measure is not defined in this community or group.",
}
"""Every verdict and what it means."""


def verdict(row: Mapping[str, Any], better: str | None = None) -> str:
    """Return the verdict of a row of a comparison: one of :data:`VERDICTS`.

    Parameters
    ----------
    row
        A row with ``measure``, ``effect``, ``lower``, ``upper`` and ``seeds``.
    better
        ``lower``, ``higher`` or empty; the registry's direction where not given. A study may turn the
        direction of its primary measure: see :meth:`sim.compare.Facts.direction`.
    """
    if better is None:
        better = COMPARED[str(row["measure"])].better
    return verdict_of(row, better)


def verdict_of(row: Mapping[str, Any], better: str) -> str:
    """Return the verdict of a row when the direction is known."""
    effect, lower, upper = float(row["effect"]), float(row["lower"]), float(row["upper"])
    if math.isnan(effect):
        return "not defined"
    if stats.too_few(int(row["seeds"])):
        return "not judged" if str(row["measure"]) == "worse_off" else "too few runs"
    if lower == effect == upper == 0.0:
        return "no difference"
    if max(abs(lower), abs(upper)) < NEGLIGIBLE and not COMPARED[str(row["measure"])].is_total:
        return "practically nothing"
    if lower <= 0.0 <= upper or int(row.get("runs_differ", FEWEST_DIFFERENT)) < FEWEST_DIFFERENT:
        return "too close to call"
    if better not in ("lower", "higher"):
        return "higher" if effect > 0.0 else "lower"
    return "better" if (effect < 0.0) == (better == "lower") else "worse"


def why_too_close(row: Mapping[str, Any]) -> str:
    """Return why a row is too close to call where its runs, taken alone, would seem to say otherwise; else nothing.

    Either so few runs differ at all that they may do so by chance, or nearly all of those that differ go the same way
    (sign test at 5%) but come from so few communities that these may all happen to be alike.
    """
    if verdict(row, "lower") != "too close to call":
        return ""
    seeds = int(row["seeds"])
    differ = int(row.get("runs_differ", seeds))
    if differ < FEWEST_DIFFERENT:
        return f"differs in only {counted(differ, 'run')}"
    share, communities = float(row.get("share_better", math.nan)), int(row.get("communities", seeds))
    if math.isnan(share) or not 1 < communities < min(seeds, FEW_COMMUNITIES):
        return ""
    better = round(share * seeds)
    if abs(2 * better - differ) <= 1.96 * math.sqrt(differ):
        return ""
    word, count = ("better", better) if 2 * better > differ else ("worse", differ - better)
    of = f"{seeds} runs" if differ == seeds else f"the {differ} runs that differ"
    return f"{word} in {count} of {of}, but these come from only {communities} communities, too few to judge by"
