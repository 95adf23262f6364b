"""Take up dormant ties again: friendships that have lapsed, colleagues of former days.

What a map of one's own network, or somebody to go through it with, can bring back without anybody new being met. Who
has no dormant ties gains nothing, and where ties never end there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.community.community import Community
from sim.errors import InputError, did_you_mean, listing
from sim.evidence import field_from
from sim.interventions.effects.base import Events
from sim.interventions.spec import Checked
from sim.rules import Floats, NewTies, Proposal, Week

__all__ = ["Reactivate"]


@dataclass(frozen=True)
class Reactivate(Checked):
    """Let participants take up dormant ties when they join."""

    kind_of_effect: ClassVar[str] = "reactivate"

    number: int = field_from("reactivate.number", at_least=1)
    """To how many former contacts a participant turns, the closest first, 1 or more."""
    chance: float = field_from("reactivate.chance", at_least=0, at_most=1)
    """Chance that the tie is taken up, 0..1; it is then as strong as it was."""
    kind: str = field(default="", metadata={"refers": "kind"})
    """Only ties that were of this kind, e.g. ``friend``; absent: of any."""

    def begin(self, week: Week, label: str) -> str:
        """Check that there is such a kind of tie."""
        kinds = week.community.ties.kinds
        if self.kind and self.kind not in kinds:
            raise InputError(
                f"'{self.kind}' is not a kind of tie here{did_you_mean(self.kind, kinds) or ';'} "
                f"kinds: {listing(kinds)}"
            )
        return label

    def apply(self, events: Events, week: Week, state: str) -> Proposal:
        """Propose the ties that those who joined take up again; a tie's luck is the same in every scenario."""
        if not events.joined.any():
            return Proposal()
        community = week.community
        dormant = self._possible(community, events.joined)
        one, other = dormant["one"], dormant["other"]
        luck = week.draws.stream(f"{state}: chance").pair_uniform(community.identity[one], community.identity[other])
        taken = self._turned_to(dormant, luck, events.joined) & (luck < self.chance)
        again = {name: values[taken] for name, values in dormant.items()}
        ties = NewTies(again["one"], again["other"], again["strength"], again["kind"], place=again["place"])
        return Proposal(new_ties=[ties])

    def _possible(self, community: Community, of: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        """Return dormant ties of some residents that they could take up: places must be open, nobody tied again."""
        ties = community.ties
        found = ties.dormant.asleep(of)
        is_open = np.array([*(place.open for place in community.places.items), True])  # the last stands for no place
        possible = is_open[found["place"]] & ~ties.has(found["one"], found["other"])
        if self.kind:
            possible &= found["kind"] == ties.kinds.index(self.kind)
        return {name: values[possible] for name, values in found.items()}

    def _turned_to(
        self, dormant: dict[str, NDArray[Any]], luck: Floats, joined: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Say which ties are among those that a participant turns to: her strongest, equal ones by lot."""
        count = len(luck)
        at = np.concatenate([np.arange(count), np.arange(count)])
        who = np.concatenate([dormant["one"], dormant["other"]])
        at, who = at[joined[who]], who[joined[who]]
        order = np.lexsort((luck[at], -dormant["strength"][at], who))
        at, who = at[order], who[order]
        rank = np.arange(len(who)) - np.searchsorted(who, who)
        turned = np.zeros(count, np.bool_)
        turned[at[rank < self.number]] = True
        return turned

    def active_shift(self, state: str) -> Mapping[str, Floats]:
        """Return nothing: it works through ties."""
        return {}
