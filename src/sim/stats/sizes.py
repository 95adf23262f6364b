"""How many runs there are, how many it would take, and what so many could find."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.stats.intervals import known_values, t_quantile

__all__ = [
    "FEWEST_SEEDS",
    "detectable",
    "detectable_effects",
    "seeds_for_half_width",
    "seeds_for_half_widths",
    "seeds_to_settle",
    "share_better",
    "too_few",
]

FEWEST_SEEDS = 20
"""Below this many runs an interval is printed but no verdict is given: its coverage is not to be trusted."""

_MOST_SEEDS = 10**9
"""Beyond this many seeds nothing counts as reachable."""

POWER = 0.8
"""Chance with which :func:`detectable` is to be found."""


def share_better(differences: ArrayLike, better: Literal["lower", "higher"]) -> float:
    """Return the share of pairs in which the scenario was better, 0..1; NaN where there are none.

    A pair without any difference is not better. So the share times the number of pairs is a whole number
    ("better in 46 of 50 paired runs"), and what has no effect is better in none.
    """
    known = known_values(differences)
    if known.size == 0:
        return math.nan
    return float(np.count_nonzero(known < 0.0 if better == "lower" else known > 0.0)) / known.size


def too_few(seeds: int) -> bool:
    """Return whether there are too few runs for a verdict."""
    return seeds < FEWEST_SEEDS


def seeds_for_half_width(spread: float, half_width: float, level: float = 0.95) -> float:
    """Return how many runs would bring the t interval's half width to at most ``half_width``.

    Parameters
    ----------
    spread
        Standard deviation of one run's value, at least 0.
    half_width
        What is aimed at, in the unit of the values.

    Returns
    -------
    float
        A whole number of at least 2; infinity where no number of runs that anybody could do is enough; NaN
        where the spread is not known.
    """
    if math.isnan(spread) or math.isnan(half_width):
        return math.nan
    if spread == 0.0:
        return 2.0
    if half_width <= 0.0:
        return math.inf

    def enough(count: int) -> bool:
        return t_quantile(count - 1, level) * spread <= half_width * math.sqrt(count)

    low, high = 1, 2
    while not enough(high):
        low, high = high, high * 2
        if high > _MOST_SEEDS:
            return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(high)


def seeds_to_settle(effect: float, spread: float, level: float = 0.95) -> float:
    """Return how many runs would settle the sign of an effect of this size at this spread.

    That is, how many it takes until the interval just touches zero: see :func:`seeds_for_half_width`. An
    effect of exactly zero is never settled (infinity), unless no run differs at all: then there is nothing
    to settle and the answer is NaN.
    """
    if effect == 0.0 and spread == 0.0:
        return math.nan
    return seeds_for_half_width(spread, abs(effect), level)


def detectable(error: float, freedom: int, level: float = 0.95, power: float = POWER) -> float:
    """Return the smallest effect that so many runs would have found with a chance of ``power``.

    That is, for how large a true effect the interval would be clear of zero in so many of all repetitions of the
    study: ``(t(level) + t(power)) x standard error``.

    Parameters
    ----------
    error
        Standard error of the mean effect.
    freedom
        Degrees of freedom of its interval.

    Returns
    -------
    float
        In the unit of the effect, at least 0; NaN where the error is not known.
    """
    if math.isnan(error) or freedom < 1:
        return math.nan
    return (t_quantile(freedom, level) + t_quantile(freedom, 2.0 * power - 1.0)) * error


def detectable_effects(error: NDArray[np.float64], freedom: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return :func:`detectable` of many standard errors, shape (groups,)."""
    different, place = np.unique(freedom, return_inverse=True)
    factors = np.array([detectable(1.0, int(each)) for each in different], np.float64)
    return np.asarray(factors[place] * error) if len(error) else np.empty(0)


def seeds_for_half_widths(spread: NDArray[np.float64], half_width: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return :func:`seeds_for_half_width` of many spreads and half widths, shape (groups,)."""
    from scipy.special import stdtrit

    spread, half_width = np.asarray(spread, np.float64), np.asarray(half_width, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        wanted = half_width / spread
        about = np.floor((1.959963984540054 / wanted) ** 2)  # if the spread were known; t asks for a few more
    low, high = np.maximum(about - 1.0, 1.0), about + 7.0
    for _ in range(4):
        middle = np.floor((low + high) / 2.0)
        usable = middle > low
        with np.errstate(invalid="ignore"):  # what is not known, or hopeless, is filled in below
            enough = stdtrit(np.maximum(middle - 1.0, 1.0), 0.975) <= wanted * np.sqrt(middle)
        high = np.where(usable & enough, middle, high)
        low = np.where(usable & ~enough, middle, low)
    found = np.where((half_width <= 0.0) | (high > _MOST_SEEDS), np.inf, high)
    found = np.where(spread == 0.0, 2.0, found)
    return np.asarray(np.where(np.isnan(spread) | np.isnan(half_width), np.nan, found))
