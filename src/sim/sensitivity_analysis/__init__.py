"""What the answer hangs on: indices of how much each unknown moves the paired effect of a scenario."""

from sim.sensitivity_analysis.analysis import Analysis, analyse
from sim.sensitivity_analysis.designs import METHODS, Design, design_of
from sim.sensitivity_analysis.noise import NOT_SETTLED, NOTHING, TOLD_APART, UNKNOWN, Luck

__all__ = [
    "METHODS",
    "NOTHING",
    "NOT_SETTLED",
    "TOLD_APART",
    "UNKNOWN",
    "Analysis",
    "Design",
    "Luck",
    "analyse",
    "design_of",
]
