"""Contact: ties to people who are open about lived experience lower stigma.

Everyday contact reduces prejudice (Pettigrew & Tropp 2006). Contact saturates: the first open tie counts more than
the fifth. Only a change of contact since week 0 moves anybody, because what there was then is already in the
attitudes that the survey found.
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
from sim.rules import Floats, Proposal, Sum, Week

__all__ = ["OPEN_TIES", "Contact", "contact_from"]

OPEN_TIES = Sum("strength", "open_lived_experience")
"""Strength of ties to people who have disclosed lived experience."""


def contact_from(open_ties: Floats) -> Floats:
    """Return contact, 0..1, from the strength of ties to people who have disclosed lived experience."""
    out = np.empty(len(open_ties))
    compiled.fill_exponential(open_ties, -1.0, out)
    return np.subtract(1.0, out, out=out)


@dataclass(frozen=True)
class Contact:
    """Parameter of the effect of contact on stigma."""

    name: ClassVar[str] = "contact"

    contact_effect: float = field_from("contact.contact_effect")
    """By how much full contact lowers the attitude that a resident is drawn to, against none, 0..1."""

    def __post_init__(self) -> None:
        if not 0 <= self.contact_effect <= 1:
            raise ValueError("contact_effect must lie in 0..1")

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for the strength of ties to people who are open about lived experience."""
        return (OPEN_TIES,)

    def begin(self, week: Week) -> Floats:
        """Return everybody's contact at week 0."""
        return contact_from(week.sums[OPEN_TIES])

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Say who has lived experience and has disclosed it."""
        both = community.flag("lived_experience") & community.flag("disclosed")
        return {"open_lived_experience": both.astype(np.float64)}

    def propose(self, week: Week) -> Proposal:
        """Lower the anchor of attitude by the contact gained since week 0, at the speed of anchoring."""
        gained = contact_from(week.sums[OPEN_TIES]) - week.constants[self.name]
        speed = week.parameters["influence"].anchoring
        return Proposal(moves={"stigma": -speed * self.contact_effect * gained})
