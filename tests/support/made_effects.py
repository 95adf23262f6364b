"""Paired effects whose true mean is known, to see how often an interval covers it. Keyed draws: the same everywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim import stats
from sim.rng import Draws


@dataclass(frozen=True)
class Made:
    """Made effects of one kind."""

    words: str
    truth: float
    kind: str
    """``normal``, ``skewed``, ``rare`` or ``very rare`` counts."""

    def draw(self, studies: int, seeds: int) -> np.ndarray:
        """Return effects, shape (studies, seeds)."""
        return _MAKERS[self.words](studies, seeds)


def _uniform(name: str, studies: int, seeds: int) -> np.ndarray:
    who = np.arange(studies * seeds, dtype=np.uint64)
    return Draws(seeds).stream(f"made: {name}").uniform(who).reshape(studies, seeds)


def _normal(name: str, studies: int, seeds: int) -> np.ndarray:
    who = np.arange(studies * seeds, dtype=np.uint64)
    return Draws(seeds).stream(f"made: {name}").normal(who).reshape(studies, seeds)


def _poisson(mean: float):
    from scipy.stats import poisson

    return lambda name, *shape: poisson.ppf(_uniform(name, *shape), mean)


def _rare_difference(*shape: int) -> np.ndarray:
    return _poisson(0.3)("more", *shape) - _poisson(0.2)("fewer", *shape)


def _few_of_2000(*shape: int) -> np.ndarray:
    from scipy.stats import binom

    return binom.ppf(_uniform("binomial", *shape), 2000, 0.0005)


_MAKERS = {
    "normal": lambda *shape: 0.5 + _normal("normal", *shape),
    "exponential": lambda *shape: -np.log1p(-_uniform("exponential", *shape)),
    "lognormal, sigma 0.5": lambda *shape: np.exp(0.5 * _normal("lognormal a", *shape)),
    "lognormal, sigma 1": lambda *shape: np.exp(_normal("lognormal b", *shape)),
    "difference of two counts, means 0.3 and 0.2": _rare_difference,
    "count, one of 2,000 residents on average": _few_of_2000,
    "count, mean 0.5": lambda *shape: _poisson(0.5)("half", *shape),
    "count, mean 0.2": lambda *shape: _poisson(0.2)("fifth", *shape),
    "count, mean 0.1": lambda *shape: _poisson(0.1)("tenth", *shape),
}

ALL = (
    Made("normal", 0.5, "normal"),
    Made("exponential", 1.0, "skewed"),
    Made("lognormal, sigma 0.5", math.exp(0.125), "skewed"),
    Made("lognormal, sigma 1", math.exp(0.5), "very skewed"),
    Made("difference of two counts, means 0.3 and 0.2", 0.1, "rare"),
    Made("count, one of 2,000 residents on average", 1.0, "rare"),
    Made("count, mean 0.5", 0.5, "rare"),
    Made("count, mean 0.2", 0.2, "very rare"),
    Made("count, mean 0.1", 0.1, "very rare"),
)


def coverage(made: Made, seeds: int, studies: int) -> tuple[float, float]:
    """Return how often the interval that is used covers the truth, and how often Student's would."""
    values = made.draw(studies, seeds).ravel()
    grouped = stats.Grouped(np.repeat(np.arange(studies), seeds), np.tile(np.arange(seeds), studies))
    found = grouped.intervals(values)
    reach = grouped.quantile * found.standard_error
    used = (found.lower <= made.truth) & (made.truth <= found.upper)
    plain = np.abs(found.estimate - made.truth) <= reach
    return float(used.mean()), float(plain.mean())


def nested_coverage(communities: int, runs_each: int, studies: int) -> tuple[float, float]:
    """Return the coverage of the nested interval, and of one that takes all runs for independent.

    Communities and chance contribute equally to the spread of single runs.
    """
    between = _normal("communities", studies, communities)
    within = _normal("chance", studies, communities * runs_each)
    values = (np.repeat(between, runs_each, axis=1) + within).ravel()
    study = np.repeat(np.arange(studies), communities * runs_each)
    community = np.tile(np.repeat(np.arange(communities), runs_each), studies)
    own = np.tile(np.arange(communities * runs_each), studies)
    found = [stats.Grouped(study, each).intervals(values) for each in (community, own)]
    nested, naive = (float(((each.lower <= 0.0) & (each.upper >= 0.0)).mean()) for each in found)
    return nested, naive
