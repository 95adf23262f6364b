"""Make those who take part members of a place, where they get to know other members.

With ties that change, members of an open place go on meeting by themselves; what is stated here is whom a newcomer gets
to know when she first comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.evidence import field_from
from sim.interventions.effects.base import Events, made_by, meet
from sim.interventions.spec import Checked
from sim.rules import Floats, NewTies, PlaceChange, Proposal, Week

__all__ = ["Join", "JoinState"]

Who = NDArray[np.bool_]
Numbers = NDArray[np.int32]


@dataclass
class JoinState:
    """What one join effect keeps in one run."""

    brought: Who
    """Who is a member because of it, shape (residents,)."""
    to_meet: Who
    """Who has become a member and has not been there yet, because the place is closed, shape (residents,)."""
    one: Numbers
    """Newcomers of the ties that it made, shape (ties,)."""
    other: Numbers
    """Whom they got to know, shape (ties,)."""


@dataclass(frozen=True)
class Join(Checked):
    """Make participants members of a place when they join."""

    kind_of_effect: ClassVar[str] = "join"

    place: str
    """Name of the place, e.g. ``hub``: one that is there, or that an intervention of the scenario opens."""
    ties: int = field_from("join.ties", at_least=0)
    """How many other members a newcomer gets to know, chosen by lot, 0 or more."""
    strength: float = field_from("join.strength", at_least=0.01, at_most=1)
    """Strength of those ties, 0.01..1."""
    ends: Literal["with_programme", "never"] = "never"
    """Whether membership ends, with the ties that it brought, when the participant leaves, or stays."""

    def begin(self, week: Week, label: str) -> JoinState:
        """Check that the place is there, or will be."""
        week.community.places.number(self.place)
        nobody = np.zeros(len(week.community), np.bool_)
        return JoinState(nobody, nobody.copy(), np.empty(0, np.int32), np.empty(0, np.int32))

    def apply(self, events: Events, week: Week, state: JoinState) -> Proposal:
        """Make members of those who joined; let those meet who have come to an open place for the first time."""
        number = week.community.places.number(self.place)
        place = week.community.places.items[number]
        proposal = Proposal()
        new = events.joined & ~place.members
        if new.any():
            proposal.places.append(PlaceChange(number, joins=new))
            state.brought |= new
            state.to_meet |= new
        if self.ends == "with_programme" and events.left.any():
            self._leave(events, week, state, proposal, number)
        if place.open and state.to_meet.any():
            one, other = meet(state.to_meet, place.members | state.to_meet, self.ties, week, f"meeting: {self.place}")
            strength = np.full(len(one), self.strength)
            proposal.new_ties.append(NewTies(one, other, strength, "group", events.number, place=number))
            state.one, state.other = np.append(state.one, one), np.append(state.other, other)
            state.to_meet = np.zeros_like(new)
        return proposal

    def _leave(self, events: Events, week: Week, state: JoinState, proposal: Proposal, number: int) -> None:
        """End the memberships of those who left, and the ties that came with them."""
        gone = events.left & state.brought
        proposal.places.append(PlaceChange(number, leaves=gone))
        state.brought &= ~gone
        state.to_meet &= ~gone
        ending = gone[state.one]
        ours = ending & made_by(week.community.ties, state.one, state.other, events.number)
        proposal.ended_ties.append((state.one[ours], state.other[ours]))
        state.one, state.other = state.one[~ending], state.other[~ending]

    def active_shift(self, state: JoinState) -> Mapping[str, Floats]:
        """Return nothing: membership works through ties."""
        return {}
