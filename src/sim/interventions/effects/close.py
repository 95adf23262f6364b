"""Close a place: its members no longer meet there, and a share of the ties that lived by it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sim.interventions.effects.base import Events, lottery
from sim.rules import Floats, Proposal, Week

__all__ = ["Close"]


@dataclass(frozen=True)
class Close:
    """Close a place when the intervention starts."""

    kind_of_effect: ClassVar[str] = "close"

    place: str = ""
    """Name of the place, e.g. ``hub``."""
    ends_ties: float = 1.0
    """Share of the ties that live by the place which end with it, 0..1."""

    def __post_init__(self) -> None:
        if not self.place:
            raise ValueError("close needs the name of a place")
        if not 0 <= self.ends_ties <= 1:
            raise ValueError(f"ends_ties must lie in 0..1, found {self.ends_ties}")

    def begin(self, week: Week, label: str) -> str:
        """Check that the place is there."""
        week.community.places.number(self.place)
        return label

    def apply(self, events: Events, week: Week, state: str) -> Proposal:
        """Close the place in the first week, and end its ties by lot, the same for a tie in every scenario."""
        if not events.opens:
            return Proposal()
        number = week.community.places.number(self.place)
        week.community.places.items[number].open = False
        pairs = week.community.ties.pairs()
        here = pairs["place"] == number
        return lottery(pairs["one"][here], pairs["other"][here], self.ends_ties, week, f"close: {self.place}")

    def active_shift(self, state: str) -> Mapping[str, Floats]:
        """Return nothing: closing works through ties."""
        return {}
