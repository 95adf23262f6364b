"""On whom an effect is: on those offered a place, on those who took part, on everybody else; and through whom."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import stats
from sim.compare.facts import Facts, records
from sim.compare.pairs import at_the_end
from sim.measures import COMPARED, ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["effects_by_part", "estimands", "sizes_by_part", "through_ties"]

ESTIMAND_COLUMNS = (
    "scenario", "measure", "estimand", "residents", "effect", "lower", "upper", "share_of_total", "share_lower",
    "share_upper", "seeds",
)  # fmt: skip

THROUGH_COLUMNS = (
    "scenario", "measure", "uptake_through_ties", "uptake_lower", "uptake_upper", "effect_on_others",
    "effect_on_others_lower", "effect_on_others_upper", "effect_through_ties", "effect_through_ties_lower",
    "effect_through_ties_upper", "seeds", "why",
)  # fmt: skip


def sizes_by_part(effects: pd.DataFrame) -> pd.DataFrame:
    """Return how many residents had which part in each scenario: scenario, group, community, seed, residents.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``.
    """
    rows = effects[(effects["measure"] == "residents") & effects["group"].isin(list(ESTIMANDS))]
    found = rows[["scenario", "group", "community", "seed"]].astype({"scenario": str, "group": str})
    return found.assign(residents=rows["value"].astype(float)).reset_index(drop=True)


def effects_by_part(
    comparison: pd.DataFrame, effects: pd.DataFrame, measure: str, when: str = "horizon"
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the rows of a comparison on residents by their part, with the mean number of ``residents``.

    Parameters
    ----------
    comparison
        As :func:`sim.compare.comparison` gives it; for a surveyed community after :func:`sim.compare.suppress`.
    effects
        Rows of ``effects.parquet``, for the numbers of residents.
    measure
        A measure of which an effect on a single resident has a meaning; for others there are no rows.
    when
        ``horizon`` or ``average``.

    Returns
    -------
    dict
        (scenario, name in :data:`sim.measures.ESTIMANDS`) -> row.
    """
    sizes = sizes_by_part(effects)
    means = {key: stats.mean(held) for key, held in sizes.groupby(["scenario", "group"])["residents"]}
    rows = comparison[
        (comparison["measure"] == measure)
        & (comparison["when"] == when)
        & comparison["group"].astype(str).isin(list(ESTIMANDS))
    ]
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in records(rows):
        key = (str(row["scenario"]), str(row["group"]))
        found[key] = {**row, "residents": means[key]}
    return found


def _ratio(above: pd.Series[Any], below: pd.Series[Any]) -> tuple[float, float, float]:
    """Return the ratio of two means of the same runs, with its bounds; NaN where the lower one may be nothing."""
    known = above.notna() & below.notna()
    above, below = above[known], below[known]
    community = above.index.get_level_values("community").to_numpy()
    grouped = stats.Grouped(np.zeros(len(above), np.int64), community)
    if not len(grouped):
        return (np.nan, np.nan, np.nan)
    found = stats.ratio_intervals(grouped, above.to_numpy(np.float64), below.to_numpy(np.float64))
    return float(found.estimate[0]), float(found.lower[0]), float(found.upper[0])


def _interval(values: pd.Series[Any]) -> stats.Interval:
    held = values.dropna()
    return stats.cluster_interval(held.to_numpy(), held.index.get_level_values("community").tolist())


def estimands(
    effects: pd.DataFrame, residents: float, manifest: Mapping[str, Any], measure: str | None = None
) -> pd.DataFrame:
    """Return the effects that a scenario has, by on whom they are (Hudgens & Halloran 2008).

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``; without groups that readers must not see.
    residents
        Residents of the community.
    manifest
        Content of ``manifest.json``.
    measure
        The primary measure where absent; for measures of which an effect on a single resident has no meaning there
        are only ``overall`` and ``total``.

    Returns
    -------
    pandas.DataFrame
        Rows of the horizon. ``estimand`` is ``offered`` (on those whom a programme chose: intention to treat),
        ``participants`` (on those who took part; Hudgens & Halloran's total effect), ``volunteers``, ``spillover``
        (on those who were neither; their indirect effect), ``overall`` (mean over everybody) and ``total`` (summed
        over everybody: for a share, residents). ``share_of_total`` says which part of the total falls on them, with
        Fieller's interval; those offered a place and participants overlap. It is NaN where the total may be nothing.
        A direct effect (participants minus what would have reached them anyway) takes a third twin run and is not
        given.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    measure = measure or facts.outcome
    whole = at_the_end(effects, measure)
    parts = {part: at_the_end(effects, measure, part) for part in ESTIMANDS}
    counts = {part: at_the_end(effects, "residents", part, column="value") for part in ESTIMANDS}
    people = 1.0 if COMPARED[measure].is_total else residents
    rows: list[dict[str, Any]] = []
    for scenario in facts.compared:
        if scenario not in whole:
            continue
        total = whole[scenario] * people
        for part in ESTIMANDS:
            if scenario in parts[part] and scenario in counts[part]:
                own, count = parts[part][scenario], counts[part][scenario]
                share = _ratio((own * count).reindex(total.index).fillna(0.0), total)
                rows.append(_row(scenario, measure, part, stats.mean(count), _interval(own), share))
        rows.append(_row(scenario, measure, "overall", residents, _interval(whole[scenario]), _ratio(total, total)))
        rows.append(_row(scenario, measure, "total", residents, _interval(total), _ratio(total, total)))
    return pd.DataFrame(rows, columns=list(ESTIMAND_COLUMNS))


def _row(
    scenario: str, measure: str, estimand: str, residents: float, found: stats.Interval,
    share: tuple[float, float, float],
) -> dict[str, Any]:  # fmt: skip
    return {
        "scenario": scenario, "measure": measure, "estimand": estimand, "residents": residents,
        "effect": found.estimate, "lower": found.lower, "upper": found.upper, "share_of_total": share[0],
        "share_lower": share[1], "share_upper": share[2], "seeds": found.count,
    }  # fmt: skip


NO_PART = "nobody is offered anything or takes part in it, so there is nothing to divide"
FEW_OR_NO_PART = "nobody takes part in it, or too few residents do to be shown"
FEW_PART = "too few residents take part in it to be shown"
NO_WHOLE = "no shares of an effect of which it is not sure that there is one: its 95% interval includes no difference"
"""Why it is not said what came through ties."""


def through_ties(
    effects: pd.DataFrame, series: pd.DataFrame, residents: float, manifest: Mapping[str, Any],
    measure: str | None = None, least: float = 0.0,
) -> pd.DataFrame:  # fmt: skip
    """Return which share of the uptake and of the effect came through ties between residents.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``; without groups that readers must not see.
    series
        Rows of ``series.parquet``; of it the measure ``through_ties`` in the last week is read.
    residents
        Residents of the community.
    manifest
        Content of ``manifest.json``.
    measure
        The primary measure where absent.
    least
        For a surveyed community the fewest residents whom a shown share of the uptake may stand for.

    Returns
    -------
    pandas.DataFrame
        One row a scenario. ``uptake_through_ties``: of those who take or took part, the share who had first heard of
        it from somebody they know. ``effect_on_others``: the share of the whole effect that is on residents who
        neither were offered a place nor took part nor helped: they have it through ties, or through what everybody
        shares. ``effect_through_ties``: that share, and the effect on participants who came through ties, taken to
        gain as much as the others. Ratios of means with Fieller's 95% interval; shares may lie outside 0..1 where
        effects on some are of the other sign. ``why`` says why one is not defined.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    measure = measure or facts.outcome
    whole = at_the_end(effects, measure)
    parts = {part: at_the_end(effects, measure, part) for part in ("participants", "spillover")}
    counts = {part: at_the_end(effects, "residents", part, column="value") for part in ("participants", "spillover")}
    rows = series[(series["measure"] == "through_ties") & (series["group"] == "all")]
    rows = rows[rows["week"] == facts.weeks].assign(when="horizon")
    uptake = at_the_end(rows, "through_ties", column="value")
    found = []
    for scenario in facts.compared:
        row: dict[str, Any] = {"scenario": scenario, "measure": measure, "why": ""}
        joined = scenario in uptake and scenario in parts["participants"]
        if joined:
            row |= _uptake(uptake[scenario], counts["participants"][scenario], least)
        elif scenario in uptake and uptake[scenario].notna().any():
            row["why"] = FEW_PART
        if scenario not in parts["spillover"] or scenario not in whole:
            found.append({**row, "why": NO_PART if not least else FEW_OR_NO_PART})
            continue
        total = whole[scenario] * residents
        others = parts["spillover"][scenario] * counts["spillover"][scenario]
        row |= _named("effect_on_others", _ratio(others, total)) | {"seeds": int(total.notna().sum())}
        if joined and not math.isnan(row.get("uptake_through_ties", math.nan)):  # else it could be worked out from this
            own = (parts["participants"][scenario] * counts["participants"][scenario]).reindex(total.index).fillna(0.0)
            came = own * uptake[scenario].reindex(total.index).fillna(0.0)
            row |= _named("effect_through_ties", _ratio(others + came, total))
        if np.isnan(row["effect_on_others"]):
            row["why"] = NO_WHOLE
        found.append(row)
    return pd.DataFrame(found, columns=list(THROUGH_COLUMNS))


def _uptake(share: pd.Series[Any], participants: pd.Series[Any], least: float) -> dict[str, Any]:
    heard = _interval(share)
    few = 0.0 < heard.estimate * stats.mean(participants) < least
    if few or (heard.estimate < 1.0 and (1.0 - heard.estimate) * stats.mean(participants) < least):
        return {"why": f"too few residents came through ties, or in other ways, to be shown (fewer than {least:g})"}
    lower, upper = (min(max(bound, 0.0), 1.0) for bound in (heard.lower, heard.upper))
    return {"uptake_through_ties": heard.estimate, "uptake_lower": lower, "uptake_upper": upper}


def _named(name: str, found: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip((name, f"{name}_lower", f"{name}_upper"), found, strict=True))
