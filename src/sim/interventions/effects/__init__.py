"""What interventions can do: a few primitives that named interventions combine."""

from sim.interventions.effects.base import Effect, Events
from sim.interventions.effects.close import Close
from sim.interventions.effects.disclose import Disclose
from sim.interventions.effects.end_ties import EndTies
from sim.interventions.effects.engagement import EngagementChange
from sim.interventions.effects.join import Join
from sim.interventions.effects.open import Open
from sim.interventions.effects.reactivate import Reactivate
from sim.interventions.effects.shift import Shift
from sim.interventions.effects.tie import Tie

__all__ = [
    "EFFECTS",
    "Close",
    "Disclose",
    "Effect",
    "EndTies",
    "EngagementChange",
    "Events",
    "Join",
    "Open",
    "Reactivate",
    "Shift",
    "Tie",
]

EFFECTS = (Close, Disclose, EndTies, EngagementChange, Join, Open, Reactivate, Shift, Tie)
"""All effects; in scenario files each is written as a mapping with ``kind_of_effect`` as its only key."""
