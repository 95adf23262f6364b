"""Estimates from repeated runs: intervals, Monte Carlo error, how many runs it would take.

Arrays in, numbers out; nothing here knows of scenarios or measures. The values are *paired differences* (one
for each seed: a scenario minus the baseline of the same community and luck) unless said otherwise. Values
that are not a number are left out everywhere: a measure may be undefined in a run.
"""

from sim.stats.components import VarianceSplit, variance_split
from sim.stats.intervals import (
    Interval,
    bootstrap_interval,
    cluster_interval,
    difference_interval,
    mean,
    skew_adjusted,
    standard_deviation,
    standard_error,
    t_interval,
)
from sim.stats.many import Grouped, Intervals
from sim.stats.ratios import ratio_intervals
from sim.stats.sizes import (
    FEWEST_SEEDS,
    detectable,
    detectable_effects,
    seeds_for_half_width,
    seeds_for_half_widths,
    seeds_to_settle,
    share_better,
    too_few,
)

__all__ = [
    "FEWEST_SEEDS",
    "Grouped",
    "Interval",
    "Intervals",
    "VarianceSplit",
    "bootstrap_interval",
    "cluster_interval",
    "detectable",
    "detectable_effects",
    "difference_interval",
    "mean",
    "ratio_intervals",
    "seeds_for_half_width",
    "seeds_for_half_widths",
    "seeds_to_settle",
    "share_better",
    "skew_adjusted",
    "standard_deviation",
    "standard_error",
    "t_interval",
    "too_few",
    "variance_split",
]
