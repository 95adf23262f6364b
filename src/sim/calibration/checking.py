"""Simulation-based calibration: on made data, the truth is as likely to rank anywhere in the posterior.

Talts, Betancourt, Simpson, Vehtari & Gelman (2018), *Validating Bayesian inference algorithms with simulation-based
calibration*: draw parameters from the prior, make data from them, calibrate, and look which share of the posterior lies
below what was drawn. Over many repetitions that share is uniform on 0 to 1 if, and in practice only if, the whole chain
is right: priors, proposals, weights, the model's luck and the error of observation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.running import Settings, calibrated
from sim.calibration.simulating import Simulator, play_all
from sim.rng import Draws, stream_key

if TYPE_CHECKING:
    from sim.calibration.priors import Prior

__all__ = ["repetitions", "uniformity"]


def repetitions(
    simulator: Simulator, priors: Sequence[Prior], numbers: Iterable[int], settings: Settings, workers: int = 1
) -> Iterator[dict[str, Any]]:
    """Yield one row for each repetition and parameter: truth, rank, temperature of the last generation.

    The values of the simulator's targets count for nothing: the data are made anew each time. A repetition whose data
    cannot be made, since a figure is not defined, has no rows.
    """
    import dataclasses

    for number in numbers:
        who = np.arange(len(priors), dtype=np.uint64)
        shares = Draws(number).stream("check of calibration: truth").uniform(who)
        truth = tuple(prior.value(float(share)) for prior, share in zip(priors, shares, strict=True))
        made = simulator(truth, (stream_key(number, "check of calibration: data", 0) >> 11) + 1)
        if np.isnan(made).any():
            continue
        errors = Draws(number).stream("check of calibration: errors").normal(np.arange(len(made), dtype=np.uint64))
        targets = [
            dataclasses.replace(target, value=float(value + target.standard_error * error))
            for target, value, error in zip(simulator.targets, made, errors, strict=True)
        ]
        posterior = calibrated(
            priors, targets, lambda jobs: play_all(simulator, jobs, workers), dataclasses.replace(settings, seed=number)
        )
        for place, prior in enumerate(priors):
            below = float(posterior.weights[posterior.values[:, place] < truth[place]].sum())
            yield {
                "repetition": number, "parameter": prior.path, "truth": truth[place], "rank": below,
                "temperature": posterior.temperature, "effective": posterior.effective,
                "simulations": posterior.simulations,
            }  # fmt: skip


def uniformity(ranks: Sequence[float] | NDArray[np.float64], bins: int = 10) -> dict[str, float]:
    """Return how far ranks are from uniform, with the chance of being as far by luck alone.

    Returns
    -------
    dict
        ``chi_square`` over equal bins with ``chi_square_p``; ``ecdf``, the greatest distance of their distribution from
        the diagonal, with ``ecdf_p`` and ``ecdf_band``, inside which 95% of uniform samples stay; ``mean``, 0.5 where
        uniform; ``spread``, the standard deviation over that of a uniform distribution: above 1 intervals are too
        narrow, below 1 too wide.
    """
    from scipy import stats

    values = np.asarray(ranks, np.float64)
    counts = np.bincount(np.minimum((values * bins).astype(int), bins - 1), minlength=bins)
    chi_square = stats.chisquare(counts)
    distance = stats.kstest(values, "uniform")
    return {
        "ranks": float(len(values)),
        "chi_square": float(chi_square.statistic), "chi_square_p": float(chi_square.pvalue),
        "ecdf": float(distance.statistic), "ecdf_p": float(distance.pvalue),
        "ecdf_band": float(stats.kstwo.ppf(0.95, len(values))),
        "mean": float(values.mean()), "spread": float(values.std() * np.sqrt(12)),
    }  # fmt: skip
