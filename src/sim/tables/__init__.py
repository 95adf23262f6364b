"""The tables that a unit writes, and what is counted over the units of one community."""

from sim.tables.unit import DISTANCES, contributions, effects, ripple, series
from sim.tables.worse_off import OwnEffects, own_effects, with_worse_off

__all__ = [
    "DISTANCES",
    "OwnEffects",
    "contributions",
    "effects",
    "own_effects",
    "ripple",
    "series",
    "with_worse_off",
]
