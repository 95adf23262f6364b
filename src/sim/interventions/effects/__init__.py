"""What interventions can do: a few primitives that named interventions combine."""

from sim.interventions.effects.base import Effect, Events
from sim.interventions.effects.close import Close
from sim.interventions.effects.end_ties import EndTies
from sim.interventions.effects.shift import Shift
from sim.interventions.effects.tie import Tie

__all__ = ["EFFECTS", "Close", "Effect", "EndTies", "Events", "Shift", "Tie"]

EFFECTS = (Close, EndTies, Shift, Tie)
"""All effects; in scenario files each is written as a mapping with ``kind_of_effect`` as its only key."""
