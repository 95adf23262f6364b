"""What a calibration ends with: weighted parameter sets, and draws from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.priors import Prior
from sim.rng import Draws, stream_key

if TYPE_CHECKING:
    import pandas as pd

    from sim.calibration.targets import Observation

__all__ = ["Generation", "Posterior", "equal_draws", "predictive", "weighted_quantile"]

Floats = NDArray[np.float64]
LEVEL = 0.95
_ENDS = ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2)


@dataclass(frozen=True)
class Generation:
    """One generation of the sequential Monte Carlo."""

    number: int
    temperature: float
    simulations: int
    accepted: int


@dataclass(frozen=True)
class Posterior:
    """Weighted parameter sets."""

    priors: tuple[Prior, ...]
    values: Floats
    """Shape (particles, parameters)."""
    weights: Floats
    """Sum to 1."""
    figures: Floats
    """What each of them gave when it was accepted, shape (particles, targets)."""
    generations: list[Generation] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """Paths of the parameters."""
        return [prior.path for prior in self.priors]

    @property
    def temperature(self) -> float:
        """Of the last generation. The posterior is as if standard errors were its square root times as large."""
        return self.generations[-1].temperature

    @property
    def effective(self) -> float:
        """Number of equally weighted sets that would tell as much (Kish)."""
        return float(1 / (self.weights**2).sum())

    @property
    def simulations(self) -> int:
        """Simulations of all generations."""
        return sum(item.simulations for item in self.generations)

    def table(self) -> pd.DataFrame:
        """Return the particles: weight, then one column for each parameter."""
        import pandas as pd

        return pd.DataFrame({"weight": self.weights, **dict(zip(self.paths, self.values.T, strict=True))})

    def summary(self) -> pd.DataFrame:
        """Return for each parameter its prior, median, 95% interval, and how much narrower that is than the prior's.

        ``narrowed`` is 1 minus the width of the posterior's 95% interval over that of the prior's, both measured on the
        prior's scale: 0 where the data tell nothing, near 1 where they tell almost everything.
        """
        import pandas as pd

        rows = []
        for number, prior in enumerate(self.priors):
            low, middle, high = (weighted_quantile(self.values[:, number], self.weights, end) for end in _ENDS)
            rows.append({
                "parameter": prior.path, "low": prior.low, "high": prior.high, "log": prior.log, "usual": prior.usual,
                "median": middle, "lower": low, "upper": high,
                "narrowed": 1 - (prior.share_below(high) - prior.share_below(low)) / LEVEL,
            })  # fmt: skip
        return pd.DataFrame(rows)


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the least value at or below which a share of the weight lies."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(reached, share)), len(values) - 1)])


def equal_draws(posterior: Posterior, number: int, seed: int = 1) -> Floats:
    """Return parameter sets that are equally likely, by systematic resampling; shape (number, parameters)."""
    start = Draws(seed).stream("calibration: draws").uniform(np.zeros(1, np.uint64))[0]
    reached = np.cumsum(posterior.weights)
    places = (np.arange(number) + start) / number * reached[-1]
    rows = np.minimum(np.searchsorted(reached, places, side="right"), len(reached) - 1)
    return np.asarray(posterior.values[rows])  # noqa: PD011  # an array of ours


PlayAll = Callable[[Sequence[tuple[tuple[float, ...], int]]], Iterator[tuple[int, list[float]]]]


def predictive(draws: Floats, targets: Sequence[Observation], play_all: PlayAll, seed: int = 1) -> pd.DataFrame:
    """Return the posterior predictive check: what the model says would be observed, beside what was.

    Each parameter set is played once more, with luck of its own, and the error of observation is added. ``inside`` says
    whether what was observed lies within the 95% interval of that; ``standardised`` is by how many of its standard
    deviations it lies above the mean.
    """
    import pandas as pd

    jobs = [
        (tuple(map(float, row)), (stream_key(seed, "calibration: predictive", number) >> 11) + 1)
        for number, row in enumerate(draws)
    ]
    found = np.full((len(jobs), len(targets)), np.nan)
    for number, figures in play_all(jobs):
        found[number] = figures
    rows = []
    for column, target in enumerate(targets):
        who = np.arange(len(jobs), dtype=np.uint64)
        errors = Draws(seed).stream("calibration: errors of observation", column).normal(who)
        seen = found[:, column] + target.standard_error * errors
        seen = seen[~np.isnan(seen)]
        low, middle, high = np.quantile(seen, _ENDS) if len(seen) else (np.nan,) * 3
        spread = float(seen.std()) if len(seen) else float("nan")
        rows.append({
            **target.plain(), "median": float(middle), "lower": float(low), "upper": float(high),
            "inside": bool(low <= target.value <= high),
            "standardised": (target.value - float(seen.mean())) / spread if spread > 0 else float("nan"),
        })  # fmt: skip
    table = pd.DataFrame(rows)
    return table.astype({"since": "Int64"})
