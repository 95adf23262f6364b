"""What we do: interventions as data, and the programme that delivers one."""

from sim.interventions.effects import EFFECTS
from sim.interventions.programme import Programme
from sim.interventions.spec import Choose, Condition, Cost, Intervention, Runs, Spread

__all__ = ["EFFECTS", "Choose", "Condition", "Cost", "Intervention", "Programme", "Runs", "Spread"]
