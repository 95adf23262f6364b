"""Many units: one after the other or in several processes, going on where an earlier run stopped."""

from sim.ensemble.estimating import Estimate, estimate
from sim.ensemble.running import Outcome, Progress, run, units_of

__all__ = ["Estimate", "Outcome", "Progress", "estimate", "run", "units_of"]
