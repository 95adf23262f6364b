"""Small tools of the synthesis: quotas, ranks within groups, normal scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Composition",
    "Floats",
    "Ints",
    "assign",
    "choose",
    "normal_scores",
    "quantile",
    "quota",
    "rank_within",
    "scaled",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def quota(shares: Floats, total: int) -> Ints:
    """Return whole numbers that sum to ``total`` and are nearest to the shares (largest remainders)."""
    exact = shares / shares.sum() * total
    counts = np.floor(exact).astype(np.int64)
    missing = total - int(counts.sum())
    counts[np.argsort(-np.round(exact - counts, 9), kind="stable")[:missing]] += 1
    return np.asarray(counts, np.int64)


def assign(scores: Floats, shares: Floats) -> Ints:
    """Return a class for each resident: the lowest scores get class 0, and each class gets its share."""
    classes = np.empty(len(scores), np.int64)
    classes[np.argsort(scores, kind="stable")] = np.repeat(np.arange(len(shares)), quota(shares, len(scores)))
    return classes


def rank_within(scores: Floats, group: Ints) -> Floats:
    """Return each resident's mid-rank within her group, above 0 and below 1."""
    order = np.lexsort((scores, group))
    sizes = np.bincount(group)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(len(scores)) - starts[group[order]] + 0.5
    return np.asarray(ranks / sizes[group])


def choose(scores: Floats, group: Ints, rates: Floats) -> NDArray[np.bool_]:
    """Say who is chosen: of each group the lowest scores, as many as its rate says."""
    return np.asarray(rank_within(scores, group) < rates[group])


@dataclass(frozen=True)
class Composition:
    """How shares of residents are met."""

    sampled: bool = False
    """Each resident is drawn on her own, so that communities differ as samples do; otherwise shares are met as nearly
    as whole numbers can."""

    def assign(self, luck: Floats, shares: Floats) -> Ints:
        """Return a class for each resident; ``luck`` are draws in [0, 1), shape (residents,)."""
        if not self.sampled:
            return assign(luck, shares)
        upto = np.cumsum(shares / shares.sum())
        return np.minimum(np.searchsorted(upto, luck, side="right"), len(shares) - 1).astype(np.int64)

    def choose(self, luck: Floats, group: Ints, rates: Floats) -> NDArray[np.bool_]:
        """Say who is chosen, each group at its rate."""
        return np.asarray(luck < rates[group]) if self.sampled else choose(luck, group, rates)

    def ranks(self, luck: Floats, group: Ints) -> Floats:
        """Return numbers spread evenly over 0 to 1 within each group, or (sampled) as they were drawn."""
        return luck if self.sampled else rank_within(luck, group)


def quantile(p: Floats) -> Floats:
    """Return standard normal quantiles, rounded to 6 decimals, of numbers above 0 and below 1."""
    from sim import compiled

    out = np.array(p, np.float64)
    compiled.to_normal(out)
    return np.round(out, 6)


def normal_scores(scores: Floats, group: Ints) -> Floats:
    """Return standard normal scores by rank within each group: every group gets the same distribution."""
    return quantile(rank_within(scores, group))


def scaled(pattern: Floats, weights: Floats, mean: float) -> Floats:
    """Return a pattern of rates multiplied so that its weighted mean is ``mean``, kept within 0..0.999."""
    now = float((pattern * weights).sum() / weights.sum()) if weights.sum() > 0 else 0.0
    if now <= 0:
        return np.full(len(pattern), mean)
    return np.clip(pattern * (mean / now), 0.0, 0.999)
