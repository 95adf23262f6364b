"""One unit of work: one community and one seed, every scenario played on a copy with the same luck."""

from sim.run.eligible import too_few_eligible
from sim.run.gains import with_loop_gains
from sim.run.recording import GROUP_EVERY
from sim.run.unit import UnitTables, play_unit

__all__ = ["GROUP_EVERY", "UnitTables", "play_unit", "too_few_eligible", "with_loop_gains"]
