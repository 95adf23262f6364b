"""End ties of a kind: of those who join, or of everybody when the intervention starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from sim.errors import InputError, did_you_mean, listing
from sim.evidence import field_from
from sim.interventions.effects.base import Events, lottery
from sim.rules import Floats, Proposal, Week

__all__ = ["EndTies"]


@dataclass(frozen=True)
class EndTies:
    """End ties of one kind."""

    kind_of_effect: ClassVar[str] = "end_ties"

    kind: str = ""
    """Kind of tie, e.g. ``group``."""
    share: float = field_from("end_ties.share")
    """Chance of each such tie to end, 0..1."""
    of: Literal["participants", "everyone"] = "participants"
    """Ties of participants when they join, or of everybody in the first week."""

    def __post_init__(self) -> None:
        if not self.kind:
            raise ValueError("end_ties needs a kind of tie")
        if not 0 <= self.share <= 1:
            raise ValueError(f"share must lie in 0..1, found {self.share}")

    def begin(self, week: Week, label: str) -> str:
        """Check that there is such a kind of tie."""
        kinds = week.community.ties.kinds
        if self.kind not in kinds:
            raise InputError(
                f"'{self.kind}' is not a kind of tie here{did_you_mean(self.kind, kinds) or ';'} "
                f"kinds: {listing(kinds)}"
            )
        return label

    def apply(self, events: Events, week: Week, state: str) -> Proposal:
        """End the ties concerned by lot."""
        everyone = self.of == "everyone"
        if not (events.opens if everyone else events.joined.any()):
            return Proposal()
        ties = week.community.ties
        pairs = ties.pairs()
        here = pairs["kind"] == ties.kinds.index(self.kind)
        if not everyone:
            here &= events.joined[pairs["one"]] | events.joined[pairs["other"]]
        return lottery(pairs["one"][here], pairs["other"][here], self.share, week, state)

    def active_shift(self, state: str) -> Mapping[str, Floats]:
        """Return nothing: it works through ties."""
        return {}
