"""How much of a spread lies between communities, and how much is chance within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.stats.many import Floats, Grouped

__all__ = ["VarianceSplit", "variance_split"]


@dataclass(frozen=True)
class VarianceSplit:
    """A spread in its parts, shape (groups,) each; NaN where the runs do not tell the parts apart."""

    between: Floats
    """Variance between communities, at least 0."""
    within: Floats
    """Variance between runs of one community."""
    share: Floats
    """``between`` over the sum of both, 0..1."""
    lower: Floats
    """Lower bound of the share's 95% interval."""
    upper: Floats
    """Upper bound."""


def variance_split(grouped: Grouped, values: Floats) -> VarianceSplit:
    """Return how much of the spread of single runs comes from the community and how much from luck.

    One-way random effects by the analysis of variance, for unequal numbers of runs too: with k communities of n_c
    runs, N in all, ``between = (MSB - MSW) / n0`` and ``n0 = (N - sum n_c^2 / N) / (k - 1)``. Where that would be
    negative the communities differ by less than luck alone would make them, and it is set to 0. The interval of the
    share is Searle's, exact for equal numbers of runs of normal values and approximate (with n0) for others.

    Nothing can be told where every run has a community of its own, or all share one: there it is NaN.

    Source: Searle, Casella & McCulloch 1992, *Variance Components*, chapter 3.
    """
    from scipy.special import fdtri

    size = grouped.count.astype(np.float64)
    clusters = grouped.clusters.astype(np.float64)
    deviations = grouped.deviations(values)
    sums = grouped.within_clusters(deviations)
    of_clusters = sums**2 / grouped.cluster_size
    between_squares = np.bincount(grouped.cluster_group, weights=of_clusters, minlength=len(grouped))
    within_squares = np.maximum(grouped.total(deviations**2) - between_squares, 0.0)
    counted = np.bincount(grouped.cluster_group, weights=grouped.cluster_size**2, minlength=len(grouped))
    with np.errstate(divide="ignore", invalid="ignore"):
        runs_each = (size - counted / size) / (clusters - 1.0)
        mean_between, mean_within = between_squares / (clusters - 1.0), within_squares / (size - clusters)
        between = np.maximum(mean_between - mean_within, 0.0) / runs_each
        share = between / (between + mean_within)
        ratio = mean_between / mean_within
        bounds = []
        for chance in (0.975, 0.025):
            edge = ratio / fdtri(clusters - 1.0, size - clusters, chance)
            bounds.append(np.clip((edge - 1.0) / (edge - 1.0 + runs_each), 0.0, 1.0))
    told = grouped.nested
    return VarianceSplit(*(np.where(told, found, np.nan) for found in (between, mean_within, share, *bounds)))
