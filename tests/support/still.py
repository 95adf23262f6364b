"""Runs in which ties change by what is tested and by nothing else."""

from __future__ import annotations

import worlds

from sim.community.community import Community
from sim.mechanisms import defaults
from sim.mechanisms.ties import ChangingTies
from sim.model.engine import Simulation

STILL = ChangingTies(turnover=False, rate=0.0)
"""Ties that neither weaken nor end nor form by themselves."""


def rules() -> tuple[object, ...]:
    """Return the default mechanisms, but for ties that stay."""
    return (*(mechanism for mechanism in defaults() if mechanism.name != STILL.name), STILL)


def simulate(community: Community, *mechanisms: object, interventions: object = (), seed: int = 1) -> Simulation:
    """Return a run with some mechanisms in place of the default ones."""
    return worlds.simulate(community, STILL, *mechanisms, interventions=interventions, seed=seed)
