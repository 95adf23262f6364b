"""Loneliness: follows the support that is lived, the mood of one's circle, and self-stigma.

Support saturates: a first friend matters more than a tenth, and losing the only one hurts more than gaining a second
helps. That moods are passed on is contested (Cacioppo, Fowler & Christakis 2009 and their critics), so the
effect of peers is small and can be set to zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.evidence import field_from
from sim.rules import Floats, Proposal, Sum, Week

__all__ = ["SUPPORT", "Loneliness"]

SUPPORT = Sum("support")
"""Support: lived ties weighted by their kind, where they support the resident."""
_PEERS = Sum("influence", "loneliness_change")
_ALL = Sum("influence")


@dataclass(frozen=True)
class Loneliness:
    """Parameters of loneliness."""

    name: ClassVar[str] = "loneliness"

    rate: float = field_from("loneliness.rate")
    """Share of the distance that is made up in a week, 0..1."""
    support_effect: float = field_from("loneliness.support_effect")
    """Change of loneliness from full support to none."""
    support_scale: float = field_from("loneliness.support_scale")
    """Amount of support at which 63% of the need is met, in full ties, above 0."""
    peer_effect: float = field_from("loneliness.peer_effect")
    """Change for each unit of change in those one is tied to, 0 or more and below 1."""
    self_stigma_effect: float = field_from("loneliness.self_stigma_effect")
    """Change for each unit of self-stigma."""
    recovery: float = field_from("loneliness.recovery")
    """Share of a lasting shift that wears off in a week, 0..1."""
    noise: float = field_from("loneliness.noise")
    """Standard deviation of a random change each week."""

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1 or not 0 <= self.recovery <= 1:
            raise ValueError("rate and recovery must lie in 0..1")
        if not 0 <= self.peer_effect < 1:
            raise ValueError("peer_effect must be at least 0 and below 1, or moods would grow without end")
        if self.support_scale <= 0:
            raise ValueError("support_scale must be above 0")
        if self.noise < 0:
            raise ValueError("noise must not be negative")

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for support and for the change of mood around each resident."""
        return (SUPPORT, _PEERS, _ALL)

    def begin(self, week: Week) -> Floats:
        """Return how much of each resident's need for support was unmet at week 0."""
        return self.unmet(week)

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Return the change of everybody's loneliness since week 0."""
        return {"loneliness_change": community.columns.outcome("loneliness").displacement()}

    def unmet(self, week: Week) -> Floats:
        """Return the unmet need for support, 1 without any, falling towards 0."""
        return np.asarray(np.exp(-week.sums[SUPPORT] / self.support_scale))

    def propose(self, week: Week) -> Proposal:
        """Move loneliness towards what support, peers, self-stigma and programmes imply."""
        columns = week.community.columns
        moved = columns.outcome("loneliness").moved
        weight = week.sums[_ALL]
        peers = np.divide(week.sums[_PEERS], weight, out=np.zeros_like(weight), where=weight > 0)
        resting = (
            self.support_effect * (self.unmet(week) - week.constants[self.name])
            + self.peer_effect * peers
            + self.self_stigma_effect * columns.outcome("self_stigma").displacement()
            + week.shift_of("loneliness")
        )
        move = self.rate * (resting - moved)
        if self.noise > 0:
            move = move + self.noise * week.stream("loneliness: noise").normal(week.community.identity)
        return Proposal(moves={"loneliness": move})
