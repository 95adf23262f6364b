"""Disclosure: who opens up about lived experience, and when.

Whether to tell is weighed up against what is met and expected (Thornicroft et al. 2009: 72% conceal). Contact with
people who are open about it, and groups that help with the decision, make it easier; stigma makes it rarer:

    ease_i   = contact_effect * d(contact_i) - stigma_effect * d(experienced_i)
    hazard_i = exp(ease_i) * (ordinary * max(0, 1 - exp(-climate)) + prompted_i)

``d(x)`` is x minus its value at week 0, ``climate`` the mean ease of those who have not disclosed, ``prompted`` the
hazard that programmes give to those who take part (effect ``disclose``).

Who is open in ordinary times a survey has found already. In a closed population, where nobody new comes to be asked,
going on with it would use up those who have not told, so only what exceeds the ordinary is played: at rest the
climate is exactly 0 and nobody discloses. That is why a climate that gets worse does not make fewer disclose by
itself; it takes away from what programmes bring. The mean is used because residents' own circles change all the
time: counting each rise and no fall would make disclosure grow without cause. Nobody takes it back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.community import Community
from sim.evidence import field_from
from sim.rules import Floats, Proposal, Sum, Week

__all__ = ["Disclosure"]

_OPEN_TIES = Sum("strength", "open_lived_experience")
_EASIEST = 5.0
"""Greatest ease that counts, so that no parameters overflow: 150 times the ordinary hazard."""


@dataclass(frozen=True)
class Disclosure:
    """Parameters of disclosure."""

    name: ClassVar[str] = "disclosure"

    ordinary: float = field_from("disclosure.ordinary")
    """Hazard a week of disclosing in ordinary times, of which only what exceeds the ordinary is played; 0 = only
    programmes make people disclose."""
    contact_effect: float = field_from("disclosure.contact_effect")
    """By how much full contact with people who are open, against none, raises the log of the hazard, 0 or more."""
    stigma_effect: float = field_from("disclosure.stigma_effect")
    """By how much each unit of stigma met or expected lowers the log of the hazard, 0 or more."""

    def __post_init__(self) -> None:
        if min(self.ordinary, self.contact_effect, self.stigma_effect) < 0:
            raise ValueError("ordinary, contact_effect and stigma_effect must not be negative")

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask for the strength of ties to people who are open about lived experience."""
        return (_OPEN_TIES,)

    def begin(self, week: Week) -> Floats:
        """Return the stigma that each resident met or expected at week 0."""
        return self._experienced(week)

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Derive nothing."""
        return {}

    @staticmethod
    def _experienced(week: Week) -> Floats:
        return np.asarray(week.parameters["self_stigma"].experienced(week), np.float64)

    def ease(self, week: Week) -> tuple[NDArray[np.int64], Floats]:
        """Return who has lived experience and has not disclosed, and how much easier it is for them than at week 0."""
        community, residents = week.community, len(week.community)
        who, ease = np.empty(residents, np.int64), np.empty(residents)
        met = self._experienced(week) - week.constants[self.name]
        found = compiled.ease_of_telling(
            community.flag("lived_experience"), community.flag("disclosed"), week.at_rest[_OPEN_TIES],
            week.sums[_OPEN_TIES], met, self.contact_effect, self.stigma_effect, _EASIEST, who, ease,
        )  # fmt: skip
        return who[:found], ease[:found]

    def propose(self, week: Week) -> Proposal:
        """Say who discloses this week; a resident's luck in a week is the same in every scenario."""
        community, prompted = week.community, week.active_shifts.get("disclosure")
        if "disclosed" not in community.columns or not (self.ordinary or prompted is not None):
            return Proposal()
        who, ease = self.ease(week)
        climate = float(compiled.total(ease)) / max(1, len(ease))
        common = self.ordinary * max(0.0, -math.expm1(-climate))
        if prompted is None:
            if not common:
                return Proposal()
            prompted = np.zeros(len(community))
        opens = np.zeros(len(community), np.bool_)
        key = np.uint64(week.stream(self.name).key)
        if not compiled.tell(key, community.identity, who, ease, common, prompted, opens):
            return Proposal()
        return Proposal(flags={"disclosed": opens})
