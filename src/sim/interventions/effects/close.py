"""Close a place: its members no longer meet there, and a share of the ties that lived by it ends.

Its members may find another place, each with a chance a week: one of those that are open, more likely one where they
know people, and they get to know somebody there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.evidence import field_from
from sim.interventions.effects.base import Events, lottery, meet
from sim.interventions.spec import Checked
from sim.rules import Floats, NewTies, PlaceChange, Proposal, Week

__all__ = ["Close", "CloseState"]


@dataclass
class CloseState:
    """What one closure keeps in one run."""

    searching: NDArray[np.bool_]
    """Who was a member when it closed and has not found another place, shape (residents,)."""


@dataclass(frozen=True)
class Close(Checked):
    """Close a place when the intervention starts."""

    kind_of_effect: ClassVar[str] = "close"

    place: str = ""
    """Name of the place, e.g. ``hub``."""
    ends_ties: float = field_from("close.ends_ties", at_least=0, at_most=1)
    """Share of the ties that live by the place which end with it, 0..1."""
    find_another: float = field_from("close.find_another", at_least=0, at_most=1)
    """Chance a week that a member finds another place, as long as it is closed, 0..1."""
    ties: int = field_from("join.ties", at_least=0)
    """How many members of the other place she gets to know, 0 or more."""
    strength: float = field_from("join.strength", at_least=0.01, at_most=1)
    """Strength of those ties, 0.01..1."""

    def __post_init__(self) -> None:
        if not self.place:
            raise ValueError("close needs the name of a place")
        super().__post_init__()

    def begin(self, week: Week, label: str) -> CloseState:
        """Check that the place is there."""
        week.community.places.number(self.place)
        return CloseState(np.zeros(len(week.community), np.bool_))

    def apply(self, events: Events, week: Week, state: CloseState) -> Proposal:
        """Close the place in the first week, and end its ties by lot, the same for a tie in every scenario."""
        number = week.community.places.number(self.place)
        place = week.community.places.items[number]
        if not events.opens:
            return self._search(events, week, state, number) if state.searching.any() else Proposal()
        if self.find_another > 0:
            state.searching = place.members.copy()
        pairs = week.community.ties.pairs()
        here = pairs["place"] == number
        proposal = lottery(pairs["one"][here], pairs["other"][here], self.ends_ties, week, f"close: {self.place}")
        proposal.places.append(PlaceChange(number, open=False))
        return proposal

    def _search(self, events: Events, week: Week, state: CloseState, number: int) -> Proposal:
        """Let some of those who search find another place, and people there."""
        proposal = Proposal()
        places = week.community.places.items
        if places[number].open:  # somebody has opened it again
            state.searching = np.zeros_like(state.searching)
            return proposal
        luck = week.stream(f"close: {self.place} find another").uniform(week.community.identity)
        found = state.searching & (luck < self.find_another)
        to = self._nearest(week, found)
        for other in np.unique(to[to >= 0]).tolist():
            new = to == other
            name = places[other].name
            proposal.places.append(PlaceChange(other, joins=new))
            one, mate = meet(new, places[other].members | new, self.ties, week, f"meeting: {name}")
            strength = np.full(len(one), self.strength)
            proposal.new_ties.append(NewTies(one, mate, strength, "group", events.number, place=other))
        proposal.places.append(PlaceChange(number, leaves=to >= 0))
        state.searching = state.searching & (to < 0)
        return proposal

    def _nearest(self, week: Week, found: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the place that each of those found, -1 for the others: by lot, weighted by whom they know there.

        The lot is the least -log(luck) / weight over places, with luck of the resident and the place's name, so
        the order of places does not matter, and one place more changes only who goes there.
        """
        community = week.community
        to = np.full(len(community), -1, np.int64)
        who = np.flatnonzero(found)
        least = np.full(len(who), np.inf)
        for number, place in enumerate(community.places.items):
            if not place.open:
                continue
            known = np.array([place.members[community.ties.neighbours(i)].sum() for i in who.tolist()], np.float64)
            luck = week.draws.stream(f"find another: {place.name}").uniform(community.identity[who])
            lot = -np.log1p(-luck) / (1.0 + known)
            better = (lot < least) & ~place.members[who]
            to[who[better]] = number
            least[better] = lot[better]
        return to

    def active_shift(self, state: CloseState) -> Mapping[str, Floats]:
        """Return nothing: closing works through ties."""
        return {}
