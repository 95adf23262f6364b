"""Calibration: which parameters go with what was observed, by approximate Bayesian computation.

The algorithm, sequential Monte Carlo with a stochastic acceptance step (Wilkinson 2013; Schälte & Hasenauer 2020), is
pyABC's. All its luck is keyed here, so the posterior depends on nothing but the seed: not on the number of workers, nor
on whether it was stopped and gone on with.
"""

from sim.calibration.posterior import Posterior, equal_draws, predictive, weighted_quantile
from sim.calibration.priors import Prior, priors_of
from sim.calibration.running import Progress, Settings, calibrated
from sim.calibration.simulating import Simulator, play_all
from sim.calibration.storing import Simulations
from sim.calibration.targets import Observation, adoption_targets, check_targets, read_targets

__all__ = [
    "Observation",
    "Posterior",
    "Prior",
    "Progress",
    "Settings",
    "Simulations",
    "Simulator",
    "adoption_targets",
    "calibrated",
    "check_targets",
    "equal_draws",
    "play_all",
    "predictive",
    "priors_of",
    "read_targets",
    "weighted_quantile",
]
