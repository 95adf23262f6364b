"""From the effects of candidates in many worlds to shares, regrets and a ranking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import RunError
from sim.experiments import GAIN, Space, column
from sim.exploration.tree import Leaf, Split, grow
from sim.stats import t_interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ranking", "rank"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """What a choice between candidates looks like over many worlds."""

    table: pd.DataFrame
    """One row a candidate, the one that is most often best first: ``scenario``, ``share_best`` with ``share_lower`` and
    ``share_upper`` (95%, Wilson), ``effect`` (mean over worlds), ``effect_low`` and ``effect_high`` (5% and 95% of the
    worlds), ``share_better`` (worlds in which it does good), ``expected_regret``, ``maximum_regret``."""
    effects: pd.DataFrame
    """One row a world, one column a candidate: the effect, a mean over seeds."""
    best: NDArray[np.int64]
    """Number of the best candidate in each world."""
    tree: Split | Leaf
    """What decides which candidate is best."""
    worlds: int
    seeds: int
    share_settled: float
    """Share of the worlds in which the seeds tell the best from the second best (95%); NaN with one seed."""
    left_out: int = 0
    """Worlds that were left out because a run in them failed."""
    too_great: int = 0
    """Worlds in which the loop gain is above what a scenario may have."""


def rank(
    runs: pd.DataFrame, names: Sequence[str], measure: str, better: str, space: Space, points: Floats,
    baseline: str = "",
) -> Ranking:  # fmt: skip
    """Compare candidates over worlds.

    Parameters
    ----------
    runs
        As :func:`sim.experiments.run_experiment` gives them.
    names
        Candidates.
    measure
        What they are compared by.
    better
        ``lower`` or ``higher``.
    space, points
        What was varied; shape (worlds, axes).
    baseline
        Name of leaving things as they are, which is a candidate with effect 0; left out where empty.

    Raises
    ------
    RunError
        If too many worlds failed.
    """
    import pandas as pd

    seeds = int(runs["seed"].max())
    each = np.full((len(points), seeds, len(names)), np.nan)
    where = (runs["point"].to_numpy(), runs["seed"].to_numpy() - 1)
    for number, name in enumerate(names):
        if column(name, measure) in runs:
            each[(*where, number)] = runs[column(name, measure)].to_numpy(np.float64)
    known = ~np.isnan(each).any(axis=(1, 2))
    if known.sum() < 2:
        said = next((str(text) for text in runs["error"] if text), f"{measure} is not defined")
        raise RunError(f"too many worlds failed for an answer, e.g.: {said}")
    candidates = [*names, *([baseline] if baseline else [])]
    if baseline:
        each = np.concatenate([each, np.zeros((*each.shape[:2], 1))], axis=2)
    each = each[known]
    good = (-each if better == "lower" else each).mean(axis=1)
    best = good.argmax(axis=1)
    gains = runs.groupby("point")[GAIN].max() if GAIN in runs else None
    effects = pd.DataFrame(each.mean(axis=1), columns=candidates, index=pd.Index(np.flatnonzero(known), name="world"))
    return Ranking(
        table=_table(candidates, effects.to_numpy(), good, best), effects=effects, best=best,
        tree=grow(space, points[known], best, len(candidates)), worlds=int(known.sum()), seeds=seeds,
        share_settled=_settled(each, good), left_out=int((~known).sum()),
        too_great=0 if gains is None else int((gains > _greatest_gain()).sum()),
    )  # fmt: skip


def _greatest_gain() -> float:
    from sim.model.gain import GREATEST_GAIN

    return GREATEST_GAIN


def _table(names: Sequence[str], effects: Floats, good: Floats, best: NDArray[np.int64]) -> pd.DataFrame:
    import pandas as pd

    regret = good.max(axis=1, keepdims=True) - good
    rows = []
    for number, name in enumerate(names):
        wins = int((best == number).sum())
        low, high = _wilson(wins, len(best))
        rows.append({
            "scenario": name, "share_best": wins / len(best), "share_lower": low, "share_upper": high,
            "effect": float(effects[:, number].mean()),
            "effect_low": float(np.quantile(effects[:, number], 0.05)),
            "effect_high": float(np.quantile(effects[:, number], 0.95)),
            "share_better": float((good[:, number] > 0).mean()),
            "expected_regret": float(regret[:, number].mean()),
            "maximum_regret": float(regret[:, number].max()),
        })  # fmt: skip
    table = pd.DataFrame(rows)
    order = ["share_best", "expected_regret"]
    return table.sort_values(order, ascending=[False, True], kind="stable").reset_index(drop=True)


def _wilson(wins: int, trials: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share (1927)."""
    z = 1.959964
    share = wins / trials
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _settled(each: Floats, good: Floats) -> float:
    """Return the share of worlds in which the difference between the best and the second is more than luck."""
    if each.shape[1] < 2:
        return math.nan
    if each.shape[2] < 2:
        return 1.0
    clear = 0
    for world, order in zip(each, np.argsort(-good, axis=1, kind="stable"), strict=True):
        clear += t_interval(world[:, order[0]] - world[:, order[1]]).clear_of_zero
    return clear / len(each)
