"""Self-stigma: people with lived experience take in the stigma that they meet or expect.

It follows the attitudes in one's own circle and, with the weight of one tie or so, those of the community at large, so
that somebody who loses every tie does not thereby feel accepted. Public campaigns showed no direct effect on
self-stigma (Griffiths et al. 2014); it moves by experience and by programmes for the people concerned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.community import Community
from sim.evidence import field_from
from sim.rules import Floats, Proposal, Relaxation, Sum, Week

__all__ = ["SelfStigma"]

_STIGMA_AROUND = Sum("influence", "stigma")
_ALL = Sum("influence")


@dataclass(frozen=True)
class SelfStigma:
    """Parameters of self-stigma."""

    name: ClassVar[str] = "self_stigma"

    exposure_effect: float = field_from("self_stigma.exposure_effect")
    """Change of self-stigma for each unit of stigma met."""
    rate: float = field_from("self_stigma.rate")
    """Share of the distance that is made up in a week, 0..1."""
    community_weight: float = field_from("self_stigma.community_weight")
    """Weight of the community's mean attitude beside one's own ties, in full ties, above 0."""
    anticipated: float = field_from("self_stigma.anticipated")
    """Stigma felt without having disclosed, relative to having disclosed."""
    recovery: float = field_from("self_stigma.recovery")
    """Share of a lasting shift that wears off in a week, 0..1."""
    noise: float = field_from("self_stigma.noise")
    """Standard deviation of a random change each week."""

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1 or not 0 <= self.recovery <= 1:
            raise ValueError("rate and recovery must lie in 0..1")
        if self.community_weight <= 0:
            raise ValueError("community_weight must be above 0")
        if min(self.exposure_effect, self.anticipated, self.noise) < 0:
            raise ValueError("exposure_effect, anticipated and noise must not be negative")

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for the attitudes around each resident and the weight of her ties."""
        return (_STIGMA_AROUND, _ALL)

    def begin(self, week: Week) -> Floats:
        """Return the stigma that each resident met or expected at week 0."""
        return self.experienced(week)

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Derive nothing."""
        return {}

    def experienced(self, week: Week) -> Floats:
        """Return the stigma that each resident meets or expects, 0..1.3."""
        if "experienced" not in week.held:
            stigma, out = week.community.observed("stigma"), np.empty(len(week.community))
            compiled.experience(
                week.sums[_STIGMA_AROUND], week.sums[_ALL], week.community.flag("disclosed"),
                compiled.total(stigma) / len(stigma), self.community_weight, self.anticipated, out,
            )  # fmt: skip
            week.held["experienced"] = out
        held: Floats = week.held["experienced"]
        return held

    def propose(self, week: Week) -> Proposal:
        """Move self-stigma towards what the stigma met since week 0 implies; others than those concerned stay."""
        moved = week.community.columns.outcome("self_stigma").moved
        given, concerned = week.active_shifts.get("self_stigma"), week.community.flag("lived_experience")
        shift = np.zeros(len(moved)) if given is None else given.copy()
        met, move = np.empty(len(moved)), np.empty(len(moved))
        compiled.move_self_stigma(
            self.experienced(week), week.constants[self.name], moved, concerned, self.exposure_effect, self.rate, met,
            shift, move,
        )  # fmt: skip
        if self.noise > 0:
            luck = week.stream("self_stigma: noise").normal(week.community.identity)
            move = np.where(concerned, move + self.noise * luck, 0.0)
        parts = {"met": met, "interventions": 0.0 if given is None else shift}
        return Proposal(moves={"self_stigma": move}, towards={"self_stigma": Relaxation(self.rate, parts)})
