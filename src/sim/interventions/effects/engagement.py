"""Change how much of their ties participants live.

The factor works on all ties of a participant, those to family and friends included: somebody who is
accompanied, or has a budget for going out, sees more of the people she knows already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.interventions.effects.base import Events
from sim.interventions.spec import Checked
from sim.rules import Floats, Proposal, Week

__all__ = ["EngagementChange", "EngagementState"]


@dataclass
class EngagementState:
    """What one change of engagement keeps in one run."""

    changed: NDArray[np.bool_]
    """Whose engagement is changed now, shape (residents,)."""


@dataclass(frozen=True)
class EngagementChange(Checked):
    """Raise or lower the engagement of participants."""

    kind_of_effect: ClassVar[str] = "engagement"

    change: float = field(metadata={"at_least": -1, "at_most": 0.5})
    """By how much the share of each tie that is lived changes, -1..0.5; ties are lived in full, 1, at week 0."""
    ends: Literal["with_programme", "never"] = "with_programme"
    """Whether the change ends when the participant leaves, or stays."""

    def begin(self, week: Week, label: str) -> EngagementState:
        """Start with nobody changed."""
        return EngagementState(np.zeros(len(week.community), np.bool_))

    def apply(self, events: Events, week: Week, state: EngagementState) -> Proposal:
        """Note whose engagement is changed from this week on."""
        lasting = state.changed if self.ends == "never" else False
        state.changed = np.asarray(events.taking_part | lasting)
        return Proposal()

    def active_shift(self, state: EngagementState) -> Mapping[str, Floats]:
        """Return the change of engagement, which the mechanism ``engagement`` adds."""
        return {"engagement": np.where(state.changed, self.change, 0.0)}
