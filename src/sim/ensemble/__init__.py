"""Many units: one after the other, in several processes or on a Dask cluster, going on where an earlier run stopped."""

from sim.ensemble.connecting import connected
from sim.ensemble.estimating import Estimate, estimate
from sim.ensemble.pool import processes_ready
from sim.ensemble.running import Outcome, Progress, run, units_of

__all__ = ["Estimate", "Outcome", "Progress", "connected", "estimate", "processes_ready", "run", "units_of"]
