"""The measures of everybody that are taken in every week, all in a few compiled calls.

Taken one by one (:meth:`sim.measures.Measure.of`) the twenty of them cost more than the week itself. The tests hold
these numbers to the measures one by one, to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.participation import NEVER, UNAWARE, Status
from sim.community.ties import CORE_KINDS
from sim.measures.base import Look
from sim.measures.network import INFLUENTIAL, STRENGTH, STRENGTH_TO_LIVED_EXPERIENCE
from sim.measures.outcomes import OPEN_TIES, SCORE_OF_SIX, SUPPORT, normal_table, softness_of_often
from sim.rules import Floats

__all__ = ["WEEKLY", "Weekly"]

_KEPT = ("loneliness", "often_lonely", "stigma", "self_stigma", "support")
"""Measures of which every resident's own values are summed over the weeks."""

_SHARES = ("no_close_friend", "isolated", "ties", "access")
_STATUSES = {
    "taking_part": Status.TAKING_PART, "waiting": Status.WAITING, "completed": Status.COMPLETED,
    "dropped_out": Status.DROPPED_OUT,
}  # fmt: skip
_JOINED, _AWARE = 7, 8
"""Places of those who have ever joined, and who have heard of anything, among the counts."""

WEEKLY = (
    "loneliness", "often_lonely", "ucla_lonely", "stigma", "self_stigma", "contact", *_SHARES, "support", "bridging",
    "aware", *_STATUSES, "reached", "cost", "residents",
)  # fmt: skip
"""Names of the measures that it takes."""


class Weekly:
    """Takes every week's measures of one run.

    Parameters
    ----------
    look
        What measures see of the run.
    """

    def __init__(self, look: Look) -> None:
        self._look, size = look, len(look.community)
        self._sums = np.zeros((len(_KEPT), size))
        self.kept: Mapping[str, Floats] = dict(zip(_KEPT, self._sums, strict=True))
        """Sums over the weeks taken of residents' own values, by measure, shape (residents,) each."""
        self._scratch = np.empty(size)
        self._feelings, self._network = np.zeros(8), np.zeros(6)
        self._noted, self._counts = np.zeros(size, np.int64), np.zeros(9, np.int64)
        self._heard = np.int64(sum(1 << int(status) for status in Status if status != UNAWARE))
        self._kinds: tuple[str, ...] = ()

    def take(self) -> Mapping[str, float]:
        """Return the measures of everybody by name, and add residents' own values to ``kept``."""
        size = len(self._look.community)
        found = {"cost": self._cost(), "residents": float(size)}
        self._feel(found, size)
        self._meet(found, size)
        self._take_part(found, size)
        return found

    def _feel(self, found: dict[str, float], size: int) -> None:
        look, sums = self._look, self._feelings
        community, columns = look.community, look.community.columns
        loneliness, stigma, self_stigma = (
            columns.outcome(name).observed for name in ("loneliness", "stigma", "self_stigma")
        )
        compiled.sum_feelings(
            loneliness, stigma, self_stigma, community.flag("lived_experience"), look.sums[OPEN_TIES],
            look.sums[SUPPORT], look.often_lonely_cut, softness_of_often(), *normal_table(), SCORE_OF_SIX,
            self._sums, self._scratch, sums,
        )  # fmt: skip
        lonely, often, ucla, attitude, own, concerned, contact, support = sums.tolist()
        found["loneliness"], found["often_lonely"], found["ucla_lonely"] = lonely / size, often / size, ucla / size
        found["stigma"], found["self_stigma"] = attitude / size, own / concerned if concerned else float("nan")
        found["contact"], found["support"] = contact / size, support / size

    def _meet(self, found: dict[str, float], size: int) -> None:
        look, ties = self._look, self._look.community.ties
        if len(self._kinds) != len(ties.kinds):
            self._kinds = tuple(ties.kinds)
            code = {kind: place for place, kind in enumerate(ties.kinds)}
            self._core = np.array([code.get(kind, -1) for kind in CORE_KINDS], np.int64)
            self._friend = code.get("friend", -1)
        compiled.sum_network(
            ties.counts, self._core, self._friend, ties.length, look.sums[INFLUENTIAL], look.sums[STRENGTH],
            look.sums[STRENGTH_TO_LIVED_EXPERIENCE], look.community.flag("lived_experience"), self._scratch,
            self._network,
        )  # fmt: skip
        *counted, crossing, strength = self._network.tolist()
        found.update({name: value / size for name, value in zip(_SHARES, counted, strict=True)})
        found["bridging"] = crossing / strength if strength > 0 else float("nan")

    def _take_part(self, found: dict[str, float], size: int) -> None:
        noted: NDArray[np.int64] = self._noted
        noted[:] = 0
        for state in self._look.community.participation.values():
            compiled.note_statuses(state.status, state.joined, NEVER, noted)
        compiled.count_noted(noted, self._heard, self._counts)
        counts = self._counts.tolist()
        found["aware"], found["reached"] = counts[_AWARE] / size, counts[_JOINED] / size
        found.update({name: counts[status] / size for name, status in _STATUSES.items()})

    def _cost(self) -> float:
        return sum(sum(state.spending.values()) for state in self._look.community.participation.values()) + 0.0
