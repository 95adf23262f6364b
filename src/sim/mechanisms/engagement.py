"""Engagement: how much of each tie is lived.

People who turn stigma against themselves withdraw ("why try"; Thornicroft et al. 2009), and people whose stigma
rises turn away from those who have disclosed. A tie is lived to the extent of both sides' engagement and welcome;
at week 0 every tie is lived in full. Programmes can raise or lower the engagement of those who take part.
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
from sim.rules import Proposal, Sum, Week

__all__ = ["Engagement"]

_MOST = 1.5


@dataclass(frozen=True)
class Engagement:
    """Parameters of withdrawal and rejection."""

    name: ClassVar[str] = "engagement"

    withdrawal: float = field_from("engagement.withdrawal")
    """Loss of engagement for each unit of self-stigma gained, 0 or more."""
    rejection: float = field_from("engagement.rejection")
    """Loss of a tie with somebody who has disclosed, for each unit of stigma gained, 0 or more."""

    def __post_init__(self) -> None:
        if min(self.withdrawal, self.rejection) < 0:
            raise ValueError("withdrawal and rejection must not be negative")

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for nothing: the pass over the ties uses what is derived here."""
        return ()

    def begin(self, week: Week) -> None:
        """Keep nothing."""

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Return ``engagement`` and ``welcome``, both 1 at week 0 and within 0..1.5."""
        self_stigma, stigma = (community.columns.outcome(name) for name in ("self_stigma", "stigma"))
        shift, welcome = community.shifts.get("engagement"), np.empty(len(community))
        engagement = np.zeros(len(community)) if shift is None else shift.copy()
        compiled.engage(
            self_stigma.observed, self_stigma.at_rest, stigma.observed, stigma.at_rest, self.withdrawal,
            self.rejection, _MOST, engagement, welcome,
        )  # fmt: skip
        return {"engagement": engagement, "welcome": welcome}

    def propose(self, week: Week) -> Proposal:
        """Move nothing itself: engagement works through support."""
        return Proposal()
