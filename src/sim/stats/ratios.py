"""Ratios of two means, such as the cost of a unit of effect, and how sure they are where the lower mean is small."""

from __future__ import annotations

import numpy as np

from sim.stats.many import Floats, Grouped, Intervals

__all__ = ["ratio_intervals"]


def ratio_intervals(grouped: Grouped, numerator: Floats, denominator: Floats) -> Intervals:
    """Return the ratio of the means of paired values in each group, with Fieller's 95% interval.

    The ratio of means, not the mean of ratios: a run in which hardly anything happened does not count for more. Where
    the interval of the denominator includes zero, no interval of the ratio is bounded, and the ratio itself means
    nothing: all is NaN there.

    Parameters
    ----------
    grouped
        The runs.
    numerator, denominator
        Shape (runs,) each, of the same runs.

    Source: Fieller 1954, *Some problems in interval estimation*, J. R. Stat. Soc. B 16, 175-185.
    """
    above, below = grouped.mean(numerator), grouped.mean(denominator)
    deviations = [values - middle[grouped.group] for values, middle in ((numerator, above), (denominator, below))]
    of_above = grouped.covariance(deviations[0], deviations[0])
    of_below = grouped.covariance(deviations[1], deviations[1])
    of_both = grouped.covariance(deviations[0], deviations[1])
    squared = grouped.quantile**2
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = above / below
        doubt = squared * of_below / below**2
        inside = (
            of_above - 2.0 * ratio * of_both + ratio**2 * of_below
            - doubt * np.where(of_below > 0.0, of_above - of_both**2 / of_below, 0.0)
        )  # fmt: skip
        reach = np.sqrt(squared * np.maximum(inside, 0.0)) / np.abs(below)
        centre = ratio - np.where(of_below > 0.0, doubt * of_both / of_below, 0.0)
        lower, upper = (centre - reach) / (1.0 - doubt), (centre + reach) / (1.0 - doubt)
        error = np.sqrt(np.maximum(of_above - 2.0 * ratio * of_both + ratio**2 * of_below, 0.0)) / np.abs(below)
    usable = (doubt < 1.0) & (below != 0.0) & ~np.isnan(doubt)
    told = [np.where(usable, found, np.nan) for found in (ratio, lower, upper, error)]
    return Intervals(told[0], told[1], told[2], told[3], np.zeros(len(grouped), np.bool_))
