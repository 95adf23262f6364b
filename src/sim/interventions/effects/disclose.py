"""Help participants with lived experience to decide whether to tell others, so that some disclose.

Programmes such as Honest, Open, Proud support the decision itself (Rüsch & Kösters 2021). The chance is whoever
writes the scenario's to state: trials report stigma stress and self-stigma, not how many disclose.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from sim.errors import InputError
from sim.interventions.effects.base import Events
from sim.interventions.spec import Checked
from sim.rules import Floats, Proposal, Week

__all__ = ["Disclose", "DiscloseState"]


@dataclass
class DiscloseState:
    """What one disclose effect keeps in one run."""

    luck: Floats
    """Each resident's draw for disclosing on joining or completing, shape (residents,)."""
    prompted: Floats
    """Hazard a week that it gives to those who attend, shape (residents,)."""


@dataclass(frozen=True)
class Disclose(Checked):
    """Let participants with lived experience who have not disclosed do so with a chance."""

    kind_of_effect: ClassVar[str] = "disclose"

    chance: float = field(metadata={"at_least": 0, "at_most": 1})
    """Chance of disclosing, 0..1: once, or for each week attended."""
    when: Literal["joined", "each_week", "completed"] = "completed"
    """Once on joining, once on completion, or in every week attended; then stigma that is met makes it rarer and
    contact with people who are open makes it easier, as the mechanism ``disclosure`` says."""

    def begin(self, week: Week, label: str) -> DiscloseState:
        """Check that the community says who has lived experience and who has disclosed."""
        for name in ("lived_experience", "disclosed"):
            if not week.community.columns[name].is_flag:
                raise InputError(f"'{name}' is not a yes-or-no column: 'disclose' needs one")
        luck = week.draws.stream(f"{label}: chance").uniform(week.community.identity)
        return DiscloseState(luck, np.zeros(len(week.community)))

    def apply(self, events: Events, week: Week, state: DiscloseState) -> Proposal:
        """Let those disclose whose luck it is; what it does to those who attend is added by the mechanism."""
        if self.when == "each_week":
            hazard = -math.log1p(-self.chance) if self.chance < 1 else math.inf
            state.prompted = np.where(events.attended, hazard, 0.0)
            return Proposal()
        happened = events.joined if self.when == "joined" else events.completed
        community = week.community
        may = happened & community.flag("lived_experience") & ~community.flag("disclosed")
        return Proposal(flags={"disclosed": may & (state.luck < self.chance)}) if may.any() else Proposal()

    def active_shift(self, state: DiscloseState) -> Mapping[str, Floats]:
        """Return the hazard of disclosing that is given to those who attend."""
        return {"disclosure": state.prompted} if self.when == "each_week" else {}
