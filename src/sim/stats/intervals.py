"""Intervals of one mean, with its Monte Carlo error. The readable reference of :mod:`sim.stats.many`.

Sums are taken with :func:`math.fsum`, which rounds once, so the order of the runs changes no bit.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.rng import Draws

__all__ = [
    "Interval",
    "bootstrap_interval",
    "cluster_interval",
    "difference_interval",
    "known_values",
    "mean",
    "skew_adjusted",
    "standard_deviation",
    "standard_error",
    "t_interval",
    "t_quantile",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A mean with the interval around it."""

    estimate: float
    """Mean of the values; NaN where there are none."""
    lower: float
    """Lower bound; minus infinity where one value alone gives no bound."""
    upper: float
    """Upper bound."""
    standard_error: float
    """Monte Carlo standard error of the mean; NaN where fewer than two independent values."""
    count: int
    """Values that went into it."""
    freedom: int
    """Degrees of freedom: independent values minus one."""
    adjusted: bool = False
    """Whether the bounds allow for skewed values (:func:`skew_adjusted`)."""

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds."""
        return (self.upper - self.lower) / 2.0

    @property
    def clear_of_zero(self) -> bool:
        """Whether the interval lies wholly on one side of zero."""
        return self.lower > 0.0 or self.upper < 0.0


def known_values(values: ArrayLike) -> Floats:
    """Return the values that are a number, shape (known,)."""
    array = np.asarray(values, np.float64).ravel()
    return array[~np.isnan(array)]


@lru_cache(maxsize=4096)
def t_quantile(freedom: int, level: float) -> float:
    """Return the half width, in standard errors, of Student's interval with this coverage."""
    from scipy.special import stdtrit  # a second faster to import than scipy.stats

    return float(stdtrit(freedom, 0.5 + level / 2.0))


def mean(values: ArrayLike) -> float:
    """Return the mean, rounded once; NaN where there are no values.

    Equal values have exactly that value as their mean, which a sum divided by a count does not promise.
    """
    known = known_values(values)
    if known.size == 0:
        return math.nan
    if (known == known[0]).all():
        return float(known[0]) + 0.0  # minus zero is zero
    return math.fsum(known) / known.size


def standard_deviation(values: ArrayLike) -> float:
    """Return the sample standard deviation (n - 1); exactly 0 for equal values, NaN for fewer than two."""
    known = known_values(values)
    if known.size < 2:
        return math.nan
    if (known == known[0]).all():
        return 0.0
    return math.sqrt(math.fsum((known - mean(known)) ** 2) / (known.size - 1))


def standard_error(values: ArrayLike) -> float:
    """Return the Monte Carlo standard error of the mean of independent runs."""
    known = known_values(values)
    return standard_deviation(known) / math.sqrt(known.size) if known.size else math.nan


def _bounded(known: Floats, error: float, freedom: int, level: float) -> Interval:
    centre = mean(known)
    if freedom < 1:
        return Interval(centre, -math.inf, math.inf, math.nan, known.size, freedom)
    reach = t_quantile(freedom, level) * error if error > 0.0 else 0.0
    return Interval(centre, centre - reach, centre + reach, error, known.size, freedom)


def t_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Return Student's interval of the mean of independent values.

    Values that are all equal (an intervention without any effect) give an interval of no width. A single
    value gives an unbounded one.

    Parameters
    ----------
    values
        One for each run, shape (runs,).
    level
        Coverage aimed at, 0..1.
    """
    known = known_values(values)
    if known.size == 0:
        return Interval(math.nan, math.nan, math.nan, math.nan, 0, -1)
    return _bounded(known, standard_error(known), known.size - 1, level)


def cluster_interval(values: ArrayLike, clusters: Sequence[Hashable], level: float = 0.95) -> Interval:
    """Return the interval of the mean when several runs share one community.

    Runs on the same community are not independent: what they share (who lives there, who knows whom) does
    not average out by more luck. So the communities count as the independent values. With k communities of
    n_c runs each, N runs in all, the variance of the mean is ``k / (k - 1) * sum((n_c / N)^2 (m_c - m)^2)``
    (m_c a community's mean, m the mean of all runs) and the bounds use t with k - 1 degrees of freedom. For
    communities with equally many runs this is the t interval of the communities' means.

    Where every run has its own community, or all runs share one, it is the interval of the runs; in
    the latter case it says how sure the effect is *in this community*, not in communities like it.

    Where the independent values (runs, or communities' means) are clearly skewed, the bounds allow for that:
    see :func:`skew_adjusted`.

    Parameters
    ----------
    values
        One for each run, shape (runs,).
    clusters
        The community of each run, shape (runs,).
    """
    array = np.asarray(values, np.float64).ravel()
    if len(clusters) != array.size:
        raise ValueError(f"{array.size} values but {len(clusters)} clusters")
    groups: dict[Hashable, list[float]] = {}
    for value, cluster in zip(array, clusters, strict=True):
        if not math.isnan(value):
            groups.setdefault(cluster, []).append(float(value))
    known = known_values(array)
    number = len(groups)
    if number <= 1 or number == known.size:
        return skew_adjusted(t_interval(known, level), known, level)
    centre = mean(known)
    means = [mean(held) for held in groups.values()]
    terms = [(len(held) / known.size * (own - centre)) ** 2 for held, own in zip(groups.values(), means, strict=True)]
    error = math.sqrt(number / (number - 1) * math.fsum(terms))
    return skew_adjusted(_bounded(known, error, number - 1, level), means, level)


CLEARLY = 2.0
"""Values count as clearly skewed beyond so many standard errors of the skewness of normal values."""

FEWEST_FOR_SKEWNESS = 10
"""Fewer independent values say nothing of skewness."""


def skew_adjusted(interval: Interval, independent: ArrayLike, level: float = 0.95) -> Interval:
    """Return an interval whose bounds allow for skewed values; the same where they are not clearly skewed.

    Student's interval of skewed values covers too seldom, because mean and standard error then go together. Hall's
    monotone transformation of the t statistic takes the skewness out of it: with g the skewness of the
    n independent values, ``h(U) = U + g U^2 / 3 + g^2 U^3 / 27 + g / (6 n)`` of ``U = (mean - truth) / sd`` is
    nearly Student's t over the root of n, and the bounds follow from its inverse. How well each covers stands in
    ``docs/intervals.md``.

    Parameters
    ----------
    interval
        Student's interval.
    independent
        The values that it takes to be independent: runs, or communities' means.

    Source: Hall 1992, *On the removal of skewness by transformation*, J. R. Stat. Soc. B 54, 221-228.
    """
    known = known_values(independent)
    size, error = known.size, interval.standard_error
    if size < FEWEST_FOR_SKEWNESS or not error > 0.0:
        return interval
    deviations = known - mean(known)
    second = math.fsum(deviations**2) / size
    if second <= 0.0:
        return interval
    skewness = math.fsum(deviations**3) / size / second**1.5
    if abs(skewness) <= CLEARLY * math.sqrt(6.0 / size):
        return interval
    skewness *= math.sqrt(size * (size - 1)) / (size - 2)  # without the bias of small samples
    reach = t_quantile(interval.freedom, level) / math.sqrt(size)
    spread = error * math.sqrt(size)

    def inverse(point: float) -> float:
        return float(3.0 / skewness * (np.cbrt(1.0 + skewness * (point - skewness / (6.0 * size))) - 1.0))

    centre = interval.estimate
    return replace(
        interval, lower=centre - spread * inverse(reach), upper=centre - spread * inverse(-reach), adjusted=True
    )


def difference_interval(one: ArrayLike, other: ArrayLike, level: float = 0.95) -> Interval:
    """Return the interval of the difference of two means of runs that are not paired (Welch's).

    Parameters
    ----------
    one, other
        Independent values, shapes (runs,) and (other runs,).
    """
    first, second = known_values(one), known_values(other)
    centre, count = mean(first) - mean(second), first.size + second.size
    if first.size < 2 or second.size < 2:
        reach = math.nan if math.isnan(centre) else math.inf
        return Interval(centre, centre - reach, centre + reach, math.nan, count, 0)
    parts = [standard_error(values) ** 2 for values in (first, second)]
    error = math.sqrt(math.fsum(parts))
    if error == 0.0:
        return Interval(centre, centre, centre, 0.0, count, count - 2)
    shares = [part**2 / (values.size - 1) for part, values in zip(parts, (first, second), strict=True)]
    freedom = math.floor(math.fsum(parts) ** 2 / math.fsum(shares))
    reach = t_quantile(freedom, level) * error
    return Interval(centre, centre - reach, centre + reach, error, count, freedom)


def bootstrap_interval(values: ArrayLike, level: float = 0.95, resamples: int = 1999, seed: int = 0) -> Interval:
    """Return the studentised (bootstrap-t) interval of the mean.

    For skewed values: each resample's mean is measured in its own standard errors, so the interval may be
    lopsided. The percentile bootstrap is not offered: it covers 88-93% at 10-50 runs. The draws are keyed
    by ``seed``, so the same values always give the same interval. Resamples of equal values, which have no
    standard error, are left out.

    Source: Efron & Tibshirani 1993, *An Introduction to the Bootstrap*, chapter 12.
    """
    known = np.sort(known_values(values))  # sorted, so that the order of the runs changes nothing
    size, error = known.size, standard_error(known)
    if size < 2 or error == 0.0:
        return t_interval(known, level)
    who = np.arange(resamples * size, dtype=np.uint64)
    luck = Draws(seed).stream("stats.bootstrap").uniform(who).reshape(resamples, size)
    drawn = known[(luck * size).astype(np.int64)]
    centre, spread = mean(known), drawn.std(axis=1, ddof=1)
    usable = spread > 0.0
    scores = (drawn.mean(axis=1)[usable] - centre) / (spread[usable] / math.sqrt(size))
    if scores.size < resamples // 2:
        return t_interval(known, level)
    low, high = np.quantile(scores, [0.5 - level / 2.0, 0.5 + level / 2.0])
    return Interval(centre, centre - float(high) * error, centre - float(low) * error, error, size, size - 1)
