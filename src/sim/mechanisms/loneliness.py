"""Loneliness: follows the support that is lived, the mood of one's circle, and self-stigma.

Support saturates: a first friend matters more than a tenth, and losing the only one hurts more than gaining a second
helps. That moods are passed on is contested (Cacioppo, Fowler & Christakis 2009 and their critics), so the
effect of peers is small, and how they are passed on is a choice of theories:

``mean``
    The mean change of the people one is tied to.
``lonely_count_more``
    The change of their weighted mean, in which the lonelier somebody is the more she counts, by a factor of
    ``lonely_weight`` from never lonely to as lonely as can be. It is where the rates of Hill et al. (2010) balance:
    lonely contacts make lonely at one rate, content ones make content at a lower one.
``none``
    Moods do not pass on.

All read the change since week 0 in the people one is tied to now: a tie that is made or ended passes on no mood itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.community import Community
from sim.evidence import field_from
from sim.rules import Floats, Proposal, Relaxation, Sum, Week

__all__ = ["SUPPORT", "Loneliness"]

SUPPORT = Sum("support")
"""Support: lived ties weighted by their kind, where they support the resident."""
_PEERS = Sum("influence", "loneliness_change")
_PEERS_AT_REST = Sum("influence", "loneliness_at_rest")
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
    contagion: Literal["mean", "lonely_count_more", "none"] = "mean"
    """``mean``: the mean change of those one is tied to passes on; ``lonely_count_more``: lonely people count more in
    it than content ones; ``none``: moods do not pass on."""
    peer_effect: float = field_from("loneliness.peer_effect")
    """Change for each unit of change in those one is tied to, 0 or more and below 1; no meaning with ``contagion:
    none``."""
    lonely_weight: float = field_from("loneliness.lonely_weight")
    """How many times a very lonely person counts as much as one who is never lonely, 1 or more; only for ``contagion:
    lonely_count_more``."""
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
        if self.lonely_weight < 1:
            raise ValueError("lonely_weight must be at least 1")
        if self.contagion == "lonely_count_more" and self.peer_effect * self.lonely_weight >= 1:
            raise ValueError("peer_effect x lonely_weight must be below 1, or moods would grow without end")
        if self.support_scale <= 0:
            raise ValueError("support_scale must be above 0")
        if self.noise < 0:
            raise ValueError("noise must not be negative")

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for support and for the change of mood around each resident."""
        peers = {"mean": (_PEERS, _ALL), "lonely_count_more": (_PEERS, _PEERS_AT_REST, _ALL), "none": ()}
        return (SUPPORT, *peers[self.contagion])

    def begin(self, week: Week) -> Floats:
        """Return how much of each resident's need for support was unmet at week 0."""
        return self.unmet(week)

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Return the change of everybody's loneliness since week 0, and what it was then."""
        loneliness = community.columns.outcome("loneliness")
        change = {"loneliness_change": loneliness.displacement()}
        return {"mean": change, "lonely_count_more": {**change, "loneliness_at_rest": loneliness.at_rest}, "none": {}}[
            self.contagion
        ]

    def unmet(self, week: Week) -> Floats:
        """Return the unmet need for support, 1 without any, falling towards 0."""
        out = np.empty(len(week.community))
        compiled.unmet_need(week.sums[SUPPORT], self.support_scale, out)
        return out

    def change_around(self, week: Week) -> Floats | float:
        """Return the change of mood around each resident since week 0; 0 for residents without ties."""
        if self.contagion == "none":
            return 0.0
        weight, change = week.sums[_ALL], week.sums[_PEERS]
        if self.contagion == "mean":
            out = np.empty(len(weight))
            compiled.mean_around(change, weight, out)
            return out
        before = week.sums[_PEERS_AT_REST]
        return self._weighted_mean(before + change, weight) - self._weighted_mean(before, weight)

    def _weighted_mean(self, lonely: Floats, weight: Floats) -> Floats:
        """Return the mean over ties in which loneliness counts ``lonely_weight`` times as much as its absence."""
        more = self.lonely_weight * lonely
        everything = more + (weight - lonely)
        return np.divide(more, everything, out=np.zeros_like(weight), where=everything > 0)

    def propose(self, week: Week) -> Proposal:
        """Move loneliness towards what support, peers, self-stigma and programmes imply."""
        columns = week.community.columns
        moved = columns.outcome("loneliness").moved
        parts: dict[str, Floats | float] = {
            "support": self.support_effect * (self.unmet(week) - week.constants[self.name]),
            "around": self.peer_effect * self.change_around(week),
            "self-stigma": self.self_stigma_effect * columns.outcome("self_stigma").displacement(),
            "interventions": week.shift_of("loneliness"),
        }
        resting = parts["support"] + parts["around"] + parts["self-stigma"] + parts["interventions"]
        move = self.rate * (resting - moved)
        if self.noise > 0:
            move = move + self.noise * week.stream("loneliness: noise").normal(week.community.identity)
        return Proposal(moves={"loneliness": move}, towards={"loneliness": Relaxation(self.rate, parts)})
