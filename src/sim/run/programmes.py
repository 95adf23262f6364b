"""How many each intervention asked for, found eligible and invited, and how many came: counted while it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.community.participation import WAITING, Source
from sim.interventions.targeting import eligible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.community.community import Community
    from sim.interventions.spec import Intervention

__all__ = ["Programmes"]


class Programmes:
    """Counts of one run, intervention by intervention.

    ``eligible`` are those who meet the conditions when it opens and do not take part or help yet; ``invited`` those of
    them whom the programme itself chooses; ``joined`` all who ever took part; ``by_invitation`` those of them who had
    first heard of it from the programme; ``waiting`` those who wait for a place at the end.
    """

    def __init__(self, community: Community, interventions: Iterable[Intervention]) -> None:
        self._community, self._interventions = community, tuple(interventions)
        self._eligible: dict[str, int] = {}

    def look(self, week: int) -> None:
        """Count who is eligible for what opens in a week; to be called before that week is played."""
        for item in self._interventions:
            if item.runs.start == week:
                state = self._community.participation[item.name]
                free = ~state.ever() & ~state.volunteer
                self._eligible[item.name] = int((eligible(item.who, self._community) & free).sum())

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the counts, by intervention; those that have not opened are left out."""
        found = {}
        for name, able in self._eligible.items():
            state = self._community.participation[name]
            ever = state.ever()
            found[name] = {
                "eligible": able,
                "invited": int(state.offered.sum()),
                "joined": int(ever.sum()),
                "by_invitation": int((ever & (state.source == np.int8(Source.INVITATION))).sum()),
                "waiting": int((state.status == WAITING).sum()),
            }
        return found
