"""Open a place: a new one, or one that is there and closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from sim.community.community import Community
from sim.community.places import Place
from sim.evidence import field_from
from sim.interventions.effects.base import Events, meet
from sim.interventions.spec import Checked
from sim.rules import Floats, NewTies, PlaceChange, Proposal, Week

__all__ = ["Open"]


@dataclass(frozen=True)
class Open(Checked):
    """Open a place when the intervention starts."""

    kind_of_effect: ClassVar[str] = "open"

    place: str = field(metadata={"refers": "new place"})
    """Name of the place, e.g. ``hub``: a new one, or one that is there. Who still belongs to a closed place comes
    back when it opens."""
    sort: str = "hub"
    """What sort of place a new one is, e.g. ``hub``, ``club``."""
    members: float = field_from("open.members", at_least=0, at_most=1)
    """Share of all residents who become members at once, chosen by lot, 0..1; others come by the effect ``join``."""
    ties: int = field_from("join.ties", at_least=0)
    """How many other members each of these gets to know, chosen by lot, 0 or more."""
    strength: float = field_from("join.strength", at_least=0.01, at_most=1)
    """Strength of those ties, 0.01..1."""
    ends: Literal["with_programme", "never"] = "never"
    """Whether the place closes when the programme ends, or stays. Ties made there last."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.place:
            raise ValueError("open needs the name of a place")

    def prepare(self, community: Community) -> None:
        """Put a new place on the map, closed and without members."""
        if self.place not in [place.name for place in community.places.items]:
            nobody = np.zeros(len(community), np.bool_)
            community.places.items.append(Place(self.place, self.sort, nobody, open=False))

    def begin(self, week: Week, label: str) -> None:
        """Keep nothing."""

    def apply(self, events: Events, week: Week, state: None) -> Proposal:
        """Open the place in the first week; its first members are the same in every scenario."""
        number = week.community.places.number(self.place)
        proposal = Proposal()
        if events.opens:
            members = week.community.places.items[number].members
            luck = week.draws.stream(f"open: {self.place}").uniform(week.community.identity)
            new = (luck < self.members) & ~members
            proposal.places.append(PlaceChange(number, open=True, joins=new))
            one, other = meet(new, members | new, self.ties, week, f"meeting: {self.place}")
            strength = np.full(len(one), self.strength)
            proposal.new_ties.append(NewTies(one, other, strength, "group", events.number, place=number))
        if events.ends and self.ends == "with_programme":
            proposal.places.append(PlaceChange(number, open=False))
        return proposal

    def active_shift(self, state: None) -> Mapping[str, Floats]:
        """Return nothing: a place works through ties."""
        return {}
