"""Many estimates at once: the same as :mod:`sim.stats.intervals`, for thousands of groups of runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.stats.intervals import CLEARLY, FEWEST_FOR_SKEWNESS, t_quantile

__all__ = ["Grouped", "Intervals"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Intervals:
    """Means with the intervals around them, shape (groups,) each; see :class:`sim.stats.Interval`."""

    estimate: Floats
    lower: Floats
    upper: Floats
    standard_error: Floats
    adjusted: NDArray[np.bool_]
    """Whether the bounds allow for skewed values."""


class Grouped:
    """Runs that lie in groups, such as the pairs of one row of a comparison.

    Parameters
    ----------
    group
        Number of each run's group, ascending, shape (runs,). Every number from 0 to the greatest occurs.
    community
        Number of each run's community, ascending within a group, shape (runs,). Sums are taken in the order given,
        one after the other, so runs should come in an order of their own.
    """

    def __init__(self, group: Whole, community: Whole) -> None:
        self.group = np.asarray(group, np.int64)
        community = np.asarray(community, np.int64)
        size = len(self.group)
        fresh = np.ones(size, np.bool_)
        fresh[1:] = self.group[1:] != self.group[:-1]
        if size and (self.group[0] != 0 or (np.diff(self.group)[fresh[1:]] != 1).any()):
            raise ValueError("groups must be numbered from 0, ascending, without gaps")
        self.first = np.flatnonzero(fresh)
        new_cluster = fresh.copy()
        new_cluster[1:] |= community[1:] != community[:-1]
        self.cluster = np.cumsum(new_cluster) - 1
        """Each run's community, numbered over all groups."""
        self.cluster_group = self.group[new_cluster]
        self.cluster_size = np.bincount(self.cluster).astype(np.float64) if size else np.empty(0)
        self.count = np.bincount(self.group).astype(np.int64) if size else np.empty(0, np.int64)
        self.clusters = np.bincount(self.cluster_group, minlength=len(self.count)).astype(np.int64)
        self.nested = (self.clusters > 1) & (self.clusters < self.count)
        """Which groups have several runs in one community and several communities."""
        self.independent = np.where(self.nested, self.clusters, self.count)
        """Values that count as independent: communities where nested, else runs."""
        self.freedom = self.independent - 1

    def __len__(self) -> int:
        return len(self.count)

    def total(self, values: Floats) -> Floats:
        """Return the sum of each group."""
        return np.bincount(self.group, weights=values, minlength=len(self)).astype(np.float64)

    def mean(self, values: Floats) -> Floats:
        """Return the mean of each group; exactly the value where all are equal."""
        if not len(self):
            return np.empty(0)
        low, high = (reduce.reduceat(values, self.first) for reduce in (np.minimum, np.maximum))
        return np.where(low == high, low, self.total(values) / self.count) + 0.0

    def deviations(self, values: Floats) -> Floats:
        """Return each run's difference from its group's mean."""
        return np.asarray(values - self.mean(values)[self.group])

    def within_clusters(self, deviations: Floats) -> Floats:
        """Return the sum of each community's deviations, shape (communities over all groups,)."""
        return np.bincount(self.cluster, weights=deviations, minlength=len(self.cluster_group)).astype(np.float64)

    def covariance(self, one: Floats, other: Floats) -> Floats:
        """Return the covariance of two means, from their deviations; NaN with fewer than two independent values."""
        here, there = self.within_clusters(one), self.within_clusters(other)
        by_cluster = np.bincount(self.cluster_group, weights=here * there, minlength=len(self))
        by_run = self.total(one * other)
        with np.errstate(divide="ignore", invalid="ignore"):
            nested = by_cluster / self.count**2 * self.clusters / (self.clusters - 1)
            plain = by_run / self.count / (self.count - 1)
        return np.where(self.freedom < 1, np.nan, np.where(self.nested, nested, plain))

    @cached_property
    def quantile(self) -> Floats:
        """Half width of each group's 95% interval in standard errors; NaN without degrees of freedom."""
        different, place = np.unique(self.freedom, return_inverse=True)
        found = [t_quantile(int(freedom), 0.95) if freedom > 0 else np.nan for freedom in different]
        return np.asarray(found)[place] if len(self) else np.empty(0)

    def intervals(self, values: Floats) -> Intervals:
        """Return the 95% interval of each group's mean, as :func:`sim.stats.cluster_interval` does."""
        centre, deviations = self.mean(values), self.deviations(values)
        error = np.sqrt(self.covariance(deviations, deviations))
        reach = np.where(error > 0.0, self.quantile * error, np.where(self.freedom < 1, np.inf, 0.0))
        lower, upper = centre - reach, centre + reach
        skewness = self._skewness(deviations)
        size = self.independent.astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            adjusted = (np.abs(skewness) > CLEARLY * np.sqrt(6.0 / size)) & (error > 0.0) & (
                self.independent >= FEWEST_FOR_SKEWNESS
            )  # fmt: skip
            skewness *= np.sqrt(size * (size - 1.0)) / (size - 2.0)
            far, spread = self.quantile / np.sqrt(size), error * np.sqrt(size)
            shift = skewness / (6.0 * size)
            ends = [3.0 / skewness * (np.cbrt(1.0 + skewness * (end - shift)) - 1.0) for end in (far, -far)]
            lower = np.where(adjusted, centre - spread * ends[0], lower)
            upper = np.where(adjusted, centre - spread * ends[1], upper)
        return Intervals(centre, lower, upper, error, adjusted)

    def _skewness(self, deviations: Floats) -> Floats:
        """Return the skewness of the independent values of each group; NaN where they do not differ."""
        sums = self.within_clusters(deviations) / self.cluster_size if len(self) else np.empty(0)
        offset = np.bincount(self.cluster_group, weights=sums, minlength=len(self)) / np.maximum(self.clusters, 1)
        own = sums - offset[self.cluster_group]
        moments, runs, means = [], deviations, own
        for _ in (2, 3):
            runs, means = runs * deviations, means * own
            of_means = np.bincount(self.cluster_group, weights=means, minlength=len(self)) / self.clusters
            moments.append(np.where(self.nested, of_means, self.total(runs) / self.count))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(moments[1] / moments[0] ** 1.5)
