"""Word of mouth: who hears of an intervention from whom.

Hearing is a hazard: from posters, press or radio, plus what participants and those who merely know pass on over
their ties. Participants pass information on about seven times as often, yet the others carry about a third of the
spread, and knowing a participant does not by itself persuade (Banerjee et al. 2013).

Who hears by word of mouth hears from one person: from each contact with a chance in proportion to the hazard over
their tie. Only the rows of ties of those who have just heard are looked at for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.community import Community
from sim.community.participation import NEVER, Participation, Source
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
        return {_column(name): self._talk(state) for name, state in community.participation.items() if state.talk}

    def _talk(self, state: Participation) -> NDArray[np.float64]:
        """Return how much each resident talks about one intervention."""
        out = np.empty(len(state.status))
        compiled.talk_of(state.joined, NEVER, state.status, self.talk_participant, self.talk_aware, out)
        return out

    def propose(self, week: Week) -> Proposal:
        """Say who hears of what, and from whom; one draw a resident, shared by both ways of hearing."""
        proposal = Proposal()
        for name, state in week.community.participation.items():
            talk = week.sums[Sum("strength", _column(name))] if state.talk else np.zeros(len(state.status))
            heard = np.empty(len(state.status), np.int8)
            told = compiled.hear_of(
                np.uint64(week.stream(f"word_of_mouth: {name}").key), week.community.identity, state.hazard, talk,
                state.status, np.int8(Source.BROADCAST), np.int8(Source.WORD_OF_MOUTH), heard,
            )  # fmt: skip
            proposal.hears[name] = heard
            if told:
                proposal.heard_from[name] = self._tellers(name, np.flatnonzero(heard == Source.WORD_OF_MOUTH), week)
        return proposal

    def _tellers(self, name: str, told: NDArray[np.int64], week: Week) -> NDArray[np.int32]:
        """Return from whom each of those who were told heard, -1 for everybody else."""
        community = week.community
        ties, talk = community.ties, self._talk(community.participation[name])
        found = np.empty(len(told), np.int32)
        compiled.first_tellers(
            np.uint64(week.stream(f"word_of_mouth from: {name}").key), told, community.identity,
            ties.start, ties.length, ties.neighbour, ties.strength, talk, found,
        )  # fmt: skip
        tellers = np.full(len(community), -1, np.int32)
        tellers[told] = found
        return tellers
