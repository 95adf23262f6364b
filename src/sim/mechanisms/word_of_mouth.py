"""Word of mouth: who hears of an intervention from whom.

Hearing is a hazard: from posters, press or radio, plus what participants and those who merely know pass on over
their ties. Participants pass information on about seven times as often, yet the others carry about a third of the
spread, and knowing a participant does not by itself persuade (Banerjee et al. 2013).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.community.participation import Source
from sim.evidence import field_from
from sim.rules import Proposal, Sum, Week

__all__ = ["WordOfMouth"]


def _column(intervention: str) -> str:
    return f"talk: {intervention}"


@dataclass(frozen=True)
class WordOfMouth:
    """Parameters of word of mouth."""

    name: ClassVar[str] = "word_of_mouth"

    talk_participant: float = field_from("word_of_mouth.talk_participant")
    """Hazard a week of hearing from somebody who takes or took part, over a full tie."""
    talk_aware: float = field_from("word_of_mouth.talk_aware")
    """Hazard a week of hearing from somebody who merely knows, over a full tie."""

    def __post_init__(self) -> None:
        if min(self.talk_participant, self.talk_aware) < 0:
            raise ValueError("talk_participant and talk_aware must not be negative")

    def reads(self, community: Community) -> Sequence[Sum]:
        """Ask, for each intervention that is talked about, for the talk that reaches each resident."""
        return tuple(Sum("strength", _column(name)) for name, state in community.participation.items() if state.talk)

    def begin(self, week: Week) -> None:
        """Keep nothing."""

    def derive(self, community: Community) -> Mapping[str, NDArray[Any]]:
        """Return how much each resident talks about each intervention."""
        talk: dict[str, NDArray[Any]] = {}
        for name, state in community.participation.items():
            if state.talk:
                aware = np.where(state.aware(), self.talk_aware, 0.0)
                talk[_column(name)] = np.where(state.ever(), self.talk_participant, aware)
        return talk

    def propose(self, week: Week) -> Proposal:
        """Say who hears of what; one draw a resident, shared by both ways of hearing."""
        hears: dict[str, NDArray[np.int8]] = {}
        for name, state in week.community.participation.items():
            talk = week.sums[Sum("strength", _column(name))] if state.talk else np.zeros(len(week.community))
            if not (talk.any() or state.hazard.any()):
                continue
            luck = week.stream(f"word_of_mouth: {name}").uniform(week.community.identity)
            heard = np.zeros(len(luck), np.int8)
            heard[luck < -np.expm1(-(state.hazard + talk))] = Source.WORD_OF_MOUTH
            heard[luck < -np.expm1(-state.hazard)] = Source.BROADCAST
            hears[name] = np.where(state.aware(), np.int8(0), heard)
        return Proposal(hears=hears)
