"""Who gains and who loses, and whether the gap to those who are worst off closes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import stats
from sim.compare.facts import Facts, records
from sim.compare.pairs import WHENS, at_the_end
from sim.compare.verdicts import verdict_of
from sim.errors import InputError
from sim.measures import ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["gaps", "how_counted", "who_gains"]

GAP_COLUMNS = (
    "scenario", "measure", "column", "worst_off", "reference", "when", "baseline_gap", "gap", "change", "lower",
    "upper", "share_narrower", "seeds", "verdict",
)  # fmt: skip

WHO_COLUMNS = (
    "scenario", "measure", "column", "group", "residents", "baseline", "effect", "lower", "upper", "verdict", "gains",
    "worse_off", "worse_off_share",
)  # fmt: skip

_IN_WORDS = {"better": "narrower", "worse": "wider"}


def gaps(effects: pd.DataFrame, manifest: Mapping[str, Any], measure: str | None = None) -> pd.DataFrame:
    """Return the change of the gap between the worst-off group of each column and the others.

    The worst-off group is the one that stands worst with things as they are, at the same time (``when``), on average
    over the runs; it is the same group in all runs and scenarios. The gap is how much worse it stands than everybody
    together (``reference`` ``everybody``), and than the best-off group of the column. A negative change is a gap
    that has become narrower.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``; without groups that readers must not see.
    manifest
        Content of ``manifest.json``.
    measure
        The primary measure where absent.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, measure, column, worst_off, reference, when, baseline_gap, gap, change, lower, upper,
        share_narrower (of pairs), seeds, verdict (``narrower``, ``wider`` or one of :data:`sim.compare.VERDICTS`).

    Raises
    ------
    InputError
        When neither direction of the measure is better.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    measure = measure or facts.outcome
    if facts.direction(measure) not in ("lower", "higher"):
        raise InputError(f"of '{measure}' neither direction is better, so nobody is worst off")
    rows = effects[effects["measure"] == measure]
    columns: dict[str, list[str]] = {}
    for group in rows["group"].astype(str).unique():
        column, _, name = group.partition("=")
        if name:
            columns.setdefault(column, []).append(group)
    found = [
        row
        for when in WHENS
        for column, groups in columns.items()
        if len(groups) > 1
        for row in _gaps_of(rows, facts, measure, when, column, groups)
    ]
    order = {name: place for place, name in enumerate(facts.compared)}
    found.sort(key=lambda row: order.get(row["scenario"], len(order)))
    return pd.DataFrame(found, columns=list(GAP_COLUMNS))


def _gaps_of(
    rows: pd.DataFrame, facts: Facts, measure: str, when: str, column: str, groups: list[str]
) -> list[dict[str, Any]]:
    """Return the gaps of one column."""
    sign = 1.0 if facts.direction(measure) == "lower" else -1.0
    chosen = rows[rows["when"] == when]
    standing = {
        group: sign * stats.mean(held)
        for group, held in chosen["baseline"].groupby(chosen["group"].astype(str), sort=False)
    }
    known = {group: standing[group] for group in groups if group in standing and not np.isnan(standing[group])}
    if len(known) < 2:
        return []
    worst, best = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    tables = {
        group: {name: at_the_end(rows, measure, group, when, name) for name in ("baseline", "effect")}
        for group in ("all", worst, best)
    }
    found = []
    for reference, words in (("all", "everybody"), (best, best.partition("=")[2])):
        before, change = (sign * (tables[worst][name] - tables[reference][name]) for name in ("baseline", "effect"))
        for scenario in facts.compared:
            if scenario in change:
                held = change[scenario].dropna()
                row = _row(held, before[scenario].reindex(held.index), measure)
                found.append({
                    "scenario": scenario, "measure": measure, "column": column,
                    "worst_off": worst.partition("=")[2], "reference": words, "when": when, **row,
                })  # fmt: skip
    return found


def _row(change: pd.Series[Any], before: pd.Series[Any], measure: str) -> dict[str, Any]:
    interval = stats.cluster_interval(change.to_numpy(), change.index.get_level_values("community").tolist())
    without = stats.mean(before.to_numpy())
    row = {
        "measure": measure, "effect": interval.estimate, "lower": interval.lower, "upper": interval.upper,
        "seeds": interval.count,
    }  # fmt: skip
    verdict = verdict_of(row, "lower")
    return {
        "baseline_gap": without, "gap": without + interval.estimate, "change": interval.estimate,
        "lower": interval.lower, "upper": interval.upper,
        "share_narrower": stats.share_better(change.to_numpy(), "lower"), "seeds": interval.count,
        "verdict": _IN_WORDS.get(verdict, verdict),
    }  # fmt: skip


def how_counted(effects: pd.DataFrame) -> str:
    """Return in words by what residents count as worse off; empty where nobody is counted.

    Their effect in one pair of runs where each run has a community of its own, else their mean effect over the runs
    with the same residents.
    """
    at_end = effects[(effects["group"] == "all") & (effects["when"] == "horizon")]
    about = at_end["measure"].astype(str) == "worse_off"
    counts, pairs = (len(held[["community", "seed"]].drop_duplicates()) for held in (at_end[about], at_end[~about]))
    if not counts:
        return ""
    if pairs <= counts:
        return "in single pairs of runs, in which luck counts too"
    return f"by each resident's average over {pairs / counts:.0f} runs"


def who_gains(
    comparison: pd.DataFrame, sizes: Mapping[str, float], manifest: Mapping[str, Any], measure: str | None = None
) -> pd.DataFrame:
    """Return for each scenario and group whether it gains or loses, and how many in it end worse off.

    Parameters
    ----------
    comparison
        As :func:`sim.compare.comparison` gives it; for a surveyed community after :func:`sim.compare.suppress`.
    sizes
        Residents of each group: see :func:`sim.compare.residents_of` and, for parts in the interventions,
        :func:`sim.compare.sizes_by_part`.
    manifest
        Content of ``manifest.json``.
    measure
        The primary measure where absent.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, measure, column (``everybody``, ``part`` or a column of residents), group, residents,
        baseline, effect, lower, upper, verdict, gains (``gains``, ``loses``, ``no change`` or ``unclear``), worse_off
        (number of residents of the group whose primary outcome ends more than 0.05 worse than under the baseline, on
        average over the runs of a community; mean over communities: see :func:`how_counted`) and worse_off_share.
        Rows of the horizon.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    measure = measure or facts.outcome
    at_end = comparison[comparison["when"] == "horizon"]
    worse = at_end[at_end["measure"] == "worse_off"]
    counts = {
        (str(scenario), str(group)): float(value)
        for scenario, group, value in zip(worse["scenario"], worse["group"], worse["value"], strict=True)
    }
    rows = []
    for row in records(at_end[at_end["measure"] == measure]):
        scenario, whole = str(row["scenario"]), str(row["group"])
        column, _, name = whole.partition("=")
        part = "everybody" if whole == "all" else "part" if whole in ESTIMANDS else column
        verdict = verdict_of(row, facts.direction(measure))
        residents = sizes.get(f"{scenario}: {whole}", sizes.get(whole, np.nan))
        number = counts.get((scenario, whole), np.nan)
        rows.append({
            **{key: row[key] for key in ("scenario", "measure", "baseline", "effect", "lower", "upper")},
            "column": part, "group": name or whole, "residents": residents, "verdict": verdict,
            "gains": _GAINS.get(verdict, "unclear"), "worse_off": number,
            "worse_off_share": number / residents if residents else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(WHO_COLUMNS))


_GAINS = {
    "better": "gains", "worse": "loses", "no difference": "no change", "practically nothing": "no change",
}  # fmt: skip
