"""Other references than the baseline: another scenario, or the scenarios of another result folder."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from sim import stats
from sim.compare.facts import Facts
from sim.compare.pairs import WHENS, at_the_end
from sim.compare.verdicts import verdict_of
from sim.errors import InputError, did_you_mean, listing
from sim.measures import ESTIMANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Folder", "against", "between", "manifest_against", "why_not_paired"]


def against(effects: pd.DataFrame, manifest: Mapping[str, Any], reference: str) -> pd.DataFrame:
    """Return the effects of all scenarios, the baseline among them, against another scenario than the baseline.

    All runs of a seed share community and luck, so two scenarios are paired as each is with the baseline. Effects by
    part in the interventions are left out, since each scenario has its own participants, and so are residents who are
    worse off than under the baseline.

    Parameters
    ----------
    effects
        Rows of ``effects.parquet``.
    manifest
        Content of ``manifest.json``.
    reference
        A scenario of the study; for the baseline the effects are returned as they are.

    Raises
    ------
    InputError
        When there is no such scenario.
    """
    import pandas as pd

    facts = Facts.read(manifest)
    if reference not in facts.scenarios:
        hint = did_you_mean(reference, facts.scenarios) or f"; scenarios: {listing(facts.scenarios)}"
        raise InputError(f"'{reference}' is not a scenario here{hint}")
    if reference == facts.baseline:
        return effects
    keys = ["community", "seed", "measure", "group", "when"]
    texts = dict.fromkeys(("scenario", "measure", "group", "when"), str)
    table = effects[
        ~effects["group"].isin(list(ESTIMANDS)) & ~effects["measure"].isin(["worse_off", "residents"])
    ].astype(texts)  # fmt: skip
    chosen = table[table["scenario"] == reference]
    nothing = chosen.assign(scenario=facts.baseline, value=chosen["baseline"])
    others = pd.concat([nothing, table[table["scenario"] != reference]], ignore_index=True)
    merged = others.merge(chosen[[*keys, "value"]], on=keys, suffixes=("", "_there"))
    merged = merged.assign(baseline=merged["value_there"], effect=merged["value"] - merged["value_there"])
    found = merged[list(effects.columns)].astype(dict.fromkeys(texts, "category"))
    return found.assign(group=found["group"].cat.set_categories(table["group"].unique()))


def manifest_against(manifest: Mapping[str, Any], reference: str) -> dict[str, Any]:
    """Return a manifest in which another scenario is the one that the others are compared with."""
    return {**manifest, "baseline": reference}


@dataclass(frozen=True)
class Folder:
    """What a comparison needs of one result folder."""

    name: str
    effects: pd.DataFrame
    manifest: Mapping[str, Any]


def why_not_paired(one: Folder, other: Folder) -> str:
    """Return why the runs of two folders are not pairs; empty where they are.

    They are where the same seeds were played in the same communities with the same luck: communities from the same
    source and data, the same engine and libraries, the same horizon, and baselines that agree to the bit.
    """
    first, second = (folder.manifest["fingerprint"]["parts"] for folder in (one, other))
    for part in ("engine", "libraries", "data"):
        if first.get(part) != second.get(part):
            return f"they were computed with different {_PARTS[part]}"
    if one.manifest["weeks"] != other.manifest["weeks"]:
        return "they end after different numbers of weeks"
    facts = [Facts.read(folder.manifest) for folder in (one, other)]
    sources = [
        (folder.manifest["scenarios"][each.baseline].get("resolved") or {}).get("community")
        for folder, each in zip((one, other), facts, strict=True)
    ]
    if sources[0] != sources[1]:
        return "their communities are made in different ways"
    measure = facts[0].outcome
    baselines = [
        at_the_end(folder.effects, measure, column="baseline").bfill(axis=1).iloc[:, 0] for folder in (one, other)
    ]
    both = baselines[0].index.intersection(baselines[1].index)
    if not len(both):
        return "they have no seed of the same community in common"
    if not np.array_equal(baselines[0].loc[both].to_numpy(), baselines[1].loc[both].to_numpy(), equal_nan=True):
        return "their baselines differ"
    return ""


_PARTS = {"engine": "versions of sim", "libraries": "versions of numerical libraries", "data": "data"}


BETWEEN = (
    "folder", "scenario", "other_folder", "other_scenario", "measure", "when", "value", "other_value", "difference",
    "lower", "upper", "share_better", "seeds", "other_seeds", "paired", "why_not_paired", "verdict",
)  # fmt: skip


def between(one: Folder, other: Folder, measure: str, only: Sequence[str] = ()) -> pd.DataFrame:
    """Return how the scenarios of one folder differ from those of another, for everybody.

    Scenarios of the same name are compared with each other; where no scenario but the baseline has its name in both,
    all with all. Where the runs are pairs (:func:`why_not_paired`) the interval is that of the paired differences;
    otherwise it is Welch's (of the communities' means where runs share them), which is wider, and the rows say so.

    Parameters
    ----------
    one, other
        The folders.
    measure
        Measure that both hold.
    only
        Scenarios of ``other`` to compare with; all where empty.

    Returns
    -------
    pandas.DataFrame
        ``difference`` is value minus other_value; ``verdict`` is of the scenario of ``one`` against that of ``other``.
    """
    import pandas as pd

    reason = why_not_paired(one, other)
    facts = Facts.read(one.manifest)
    rows = []
    for when in WHENS:
        here, there = (_values(folder, measure, when) for folder in (one, other))
        for name, counterpart in _partners(here, there, only):
            mine, yours = here[name].dropna(), there[counterpart].dropna()
            row = _difference(mine, yours, not reason, facts.direction(measure))
            judged = {"measure": measure, "effect": row["difference"], "lower": row["lower"], "upper": row["upper"],
                      "seeds": min(row["seeds"], row["other_seeds"])}  # fmt: skip
            rows.append({
                "folder": one.name, "scenario": name, "other_folder": other.name, "other_scenario": counterpart,
                "measure": measure, "when": when, **row, "paired": not reason, "why_not_paired": reason,
                "verdict": verdict_of(judged, facts.direction(measure)),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=list(BETWEEN))


def _values(folder: Folder, measure: str, when: str) -> pd.DataFrame:
    """Return the measure of everybody, one column a scenario, the baseline first."""
    facts = Facts.read(folder.manifest)
    table = at_the_end(folder.effects, measure, when=when, column="value")
    before = at_the_end(folder.effects, measure, when=when, column="baseline")
    names = [name for name in facts.compared if name in table]
    table = table[names]
    if names:
        table.insert(0, facts.baseline, before.bfill(axis=1).iloc[:, 0])
    return table


def _partners(here: pd.DataFrame, there: pd.DataFrame, only: Sequence[str]) -> list[tuple[str, str]]:
    mine, yours = list(here.columns), [name for name in there.columns if not only or name in only]
    if only:
        return [(name, other) for name in mine for other in yours]
    shared = [name for name in mine if name in yours]
    return [(name, name) for name in shared] if len(shared) > 1 else [(a, b) for a in mine for b in yours]


def _difference(
    mine: pd.Series[Any], yours: pd.Series[Any], paired: bool, direction: str
) -> dict[str, Any]:  # fmt: skip
    share = math.nan
    if paired:
        both = mine.index.intersection(yours.index).sort_values()
        mine, yours = mine.loc[both], yours.loc[both]
        difference = (mine - yours).to_numpy()
        found = stats.cluster_interval(difference, both.get_level_values("community").tolist())
        if direction in ("lower", "higher"):
            share = stats.share_better(difference, cast("Literal['lower', 'higher']", direction))
    else:
        found = stats.difference_interval(_independent(mine), _independent(yours))
    return {
        "value": stats.mean(mine.to_numpy()), "other_value": stats.mean(yours.to_numpy()),
        "difference": found.estimate, "lower": found.lower, "upper": found.upper,
        "share_better": share, "seeds": len(mine), "other_seeds": len(yours),
    }  # fmt: skip


def _independent(values: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the values of runs; the communities' means where several runs share each of several communities."""
    communities = values.index.get_level_values("community").nunique()
    if communities in (1, len(values)):
        return values.to_numpy(np.float64)
    return values.groupby(level="community", sort=True).mean().to_numpy(np.float64)
