"""How much of what is seen is luck: the runs' seeds, and the number of samples.

Every point is played with the same seeds, so what a seed does at all points alike cancels. What is left is that the
same change of a parameter does more with one seed than with another; how much, the seeds show.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOTHING", "NOT_SETTLED", "TOLD_APART", "UNKNOWN", "Luck", "jackknife", "luck_of", "t_of", "verdict"]

Floats = NDArray[np.float64]

TOLD_APART = "matters"
NOT_SETTLED = "not settled"
NOTHING = "indistinguishable from nothing"
UNKNOWN = "not known: one seed"


@dataclass(frozen=True)
class Luck:
    """What part of the variation between points is luck."""

    seeds: int
    share: float
    """Share of the variance between points (of the mean over seeds) that another draw of seeds would change, 0..1;
    NaN with one seed."""
    share_of_one_run: float
    """The same if a single run were taken in place of the mean over seeds, 0..1; NaN with one seed."""

    @property
    def in_words(self) -> str:
        """Say it in a sentence."""
        if math.isnan(self.share):
            return "With one seed it is not known how much of this is luck; give more seeds."
        if self.share == 0:
            return f"Luck plays no part: all {self.seeds} seeds give the same."
        return (f"Luck (which {self.seeds} seeds were played) makes up {percent(self.share)} of the variation between "
                f"points; in single runs it would be {percent(self.share_of_one_run)}.")  # fmt: skip


def percent(share: float) -> str:
    """Return a share in words: ``less than 1%``, ``12%``."""
    if share == 0:
        return "0%"
    return "less than 1%" if share < 0.01 else f"{share:.0%}"


def luck_of(effects: Floats) -> Luck:
    """Return how much of the variation between points is luck.

    The effects are split as in an analysis of variance into point, seed, and what point and seed do only together; the
    last is luck.

    Parameters
    ----------
    effects
        Shape (points, seeds).
    """
    points, seeds = effects.shape
    if seeds < 2 or points < 2:
        return Luck(seeds, math.nan, math.nan)
    if (effects == effects[:, :1]).all():
        return Luck(seeds, 0.0, 0.0)
    means = effects.mean(axis=1)
    together = effects - means[:, None] - effects.mean(axis=0)[None, :] + effects.mean()
    of_one = float((together**2).sum()) / ((points - 1) * (seeds - 1))
    between = float(means.var(ddof=1))
    if between <= 0:
        return Luck(seeds, 0.0, 0.0)
    real = max(between - of_one / seeds, 0.0)
    return Luck(seeds, min(of_one / seeds / between, 1.0), of_one / (real + of_one) if of_one else 0.0)


def t_of(freedom: int) -> float:
    """Return how many standard errors 95% of luck stays within; infinity without degrees of freedom."""
    if freedom < 1:
        return math.inf
    from scipy.stats import t

    return float(t.ppf(0.975, freedom))


def jackknife(effects: Floats, index: Callable[[Floats], Floats]) -> Floats:
    """Return the size that each index could have by the seeds' luck alone (95%): NaN with one seed.

    Parameters
    ----------
    effects
        Shape (points, seeds).
    index
        From the mean over seeds, shape (points,), to indices.
    """
    seeds = effects.shape[1]
    if seeds < 2:
        return np.full(np.shape(index(effects[:, 0])), math.nan)
    without = np.array([index(np.delete(effects, seed, axis=1).mean(axis=1)) for seed in range(seeds)])
    error = np.sqrt((seeds - 1) / seeds * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    return np.asarray(t_of(seeds - 1) * error)


def verdict(index: float, lower: float, noise: float) -> str:
    """Say what is to be thought of an index.

    Parameters
    ----------
    index, lower
        The index and the lower bound of its 95% interval.
    noise
        What luck alone could give; NaN where it is not known.
    """
    if index == 0.0 or index <= noise:
        return NOTHING
    if math.isnan(noise):
        return UNKNOWN
    return TOLD_APART if lower > noise else NOT_SETTLED
