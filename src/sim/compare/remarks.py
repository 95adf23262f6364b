"""What must be known of a scenario beside its effect: that fewer could be invited than asked for, or that it ended.

A scenario that asks for sixty of forty-four invites forty-four; one that has ended long before the runs do is judged by
what is left of it, unless one looks at the average over the weeks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim import stats
from sim.compare.facts import Facts, records
from sim.compare.verdicts import verdict_of
from sim.compare.wording import amount, between, number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ended", "last_weeks", "remarks", "shortages"]

_NOTICEABLE = 0.01
"""Share of those asked for that may be missing without a word: a run more or less has one fewer."""

_HARDLY = 0.05
"""Where fewer take part than this share of the most who ever did, it has ended."""

_WELL_BEFORE = 0.1
"""Share of the horizon by which it must have ended before for a word to be said, and"""
_WEEKS_BEFORE = 8
"""so many weeks at least."""


def shortages(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return, by scenario, where fewer residents could be invited than an intervention asks for.

    Counts are means over the runs, from the manifest (``programmes``); of surveyed people few are not counted.
    """
    facts = Facts.read(manifest)
    found: dict[str, list[str]] = {}
    for scenario in facts.compared:
        counted = (manifest.get("programmes") or {}).get(scenario) or {}
        items = ((manifest["scenarios"][scenario].get("resolved") or {}).get("interventions")) or ()
        told = list(_shortages_of(items, counted, facts.least if facts.private else 0))
        if told:
            found[scenario] = told
    return found


def _shortages_of(items: Any, counted: Mapping[str, Mapping[str, float | None]], least: int) -> Iterator[str]:
    for item in items:
        counts = counted.get(str(item["name"]))
        choose = item.get("choose") or {}
        asked = len(choose.get("ids") or ()) or choose.get("number")
        if counts is None or not asked or (counts["invited"] is None and asked <= least):
            continue
        if float(counts["invited"] or 0.0) >= (1.0 - _NOTICEABLE) * asked:
            continue
        able, invited = (_counted(counts[key], least) for key in ("eligible", "invited"))
        runs = int(counts["runs"] or 0)
        mean = f" (mean over {runs} runs)" if runs > 1 else ""
        title = f"{str(item.get('title') or item['name']).replace('_', ' ')}: " if len(items) > 1 else ""
        if able == invited:
            yield f"{title}{asked:,} asked for, {able} eligible{mean}, so {invited} are invited"
        else:
            yield f"{title}{asked:,} asked for, {invited} invited{mean}, although {able} are eligible"


def _counted(people: float | None, least: int) -> str:
    """Return how many in words; a number that is not stored is of few surveyed people."""
    return f"fewer than {least}" if people is None or 0.0 < people < least else number(people)


def last_weeks(series: pd.DataFrame, facts: Facts) -> dict[str, int]:
    """Return the last week in which more than hardly anybody takes part, for scenarios that end well before the runs.

    Parameters
    ----------
    series
        Rows of ``series.parquet``; of it ``taking_part`` of everybody is read.
    facts
        Of the study.
    """
    rows = series[(series["measure"] == "taking_part") & (series["group"] == "all")]
    rows = rows.astype({"scenario": str})
    found = {}
    for scenario, held in rows.groupby("scenario", sort=False):
        weeks = held["value"].groupby(held["week"]).mean()
        most = float(weeks.max())
        if scenario == facts.baseline or not most > 0.0:
            continue
        last = int(weeks.index[weeks.to_numpy() >= _HARDLY * most].max())
        if facts.weeks - last >= max(_WEEKS_BEFORE, _WELL_BEFORE * facts.weeks):
            found[str(scenario)] = last
    return found


def ended(comparison: pd.DataFrame, series: pd.DataFrame, manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return, for scenarios that have ended well before the runs do, the effect on average over the weeks.

    Parameters
    ----------
    comparison
        As :func:`sim.compare.comparison` gives it.
    series
        Rows of ``series.parquet``; of it ``taking_part`` is read.
    manifest
        Content of ``manifest.json``.

    Returns
    -------
    dict
        Scenario -> the row of the comparison for everybody and ``average``, with ``last_week``.
    """
    facts = Facts.read(manifest)
    weeks = last_weeks(series, facts)
    averages = comparison[
        (comparison["when"] == "average") & (comparison["group"] == "all") & (comparison["measure"] == facts.outcome)
    ]
    return {
        str(row["scenario"]): {**row, "last_week": weeks[str(row["scenario"])]}
        for row in records(averages)
        if str(row["scenario"]) in weeks and not math.isnan(float(row["effect"]))
    }


def _when(row: Mapping[str, Any], facts: Facts) -> str:
    return f"ended around week {row['last_week']} of {facts.weeks}"


def _ended_words(row: Mapping[str, Any], facts: Facts) -> str:
    verdict = verdict_of(row, facts.direction(facts.outcome))
    sure = "" if stats.too_few(int(row["seeds"])) else f", {verdict}"
    effect = amount(row)
    spoken = effect if effect == between(row) else f"{effect} ({between(row)}{sure})"
    when = f"{_when(row, facts)}, after which hardly anybody takes part"
    return f"{when}; on average over all weeks its effect is {spoken}"


def remarks(
    comparison: pd.DataFrame, series: pd.DataFrame, manifest: Mapping[str, Any], *, brief: bool = False
) -> dict[str, list[str]]:
    """Return all that is to be said of scenarios, by scenario in the study's order: parts of sentences.

    ``brief`` leaves out the average effect, for where it stands beside.
    """
    facts = Facts.read(manifest)
    short, over = shortages(manifest), ended(comparison, series, manifest)
    words = _when if brief else _ended_words
    told = {
        name: [*short.get(name, []), *([words(over[name], facts)] if name in over else [])] for name in facts.compared
    }
    return {name: texts for name, texts in told.items() if texts}
