"""Dormant ties: those that have ended and could be taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Dormant"]

_RECORDS: dict[str, Any] = {
    "one": np.int32, "other": np.int32, "kind": np.int8, "strength": np.float64, "place": np.int16, "week": np.int32,
    "awake": np.bool_, "before_one": np.int64, "before_other": np.int64,
}  # fmt: skip
_NONE = -1


@dataclass
class Dormant:
    """Ties that have ended, in the order in which they did. Record arrays are parallel, ``count`` of them are in use.

    From ``last`` a resident's records can be followed back in time, through ``before_one`` or ``before_other``.
    """

    last: NDArray[np.int64]
    """Each resident's latest record, -1 for none, shape (residents,)."""
    count: int
    """Records in use."""
    one: NDArray[np.int32]
    other: NDArray[np.int32]
    kind: NDArray[np.int8]
    """Code of the kind that the tie was of."""
    strength: NDArray[np.float64]
    """Strength that the tie had at rest."""
    place: NDArray[np.int16]
    """Number of the place through which it lived, -1 for none."""
    week: NDArray[np.int32]
    """Week in which it ended; negative where that was before the start."""
    awake: NDArray[np.bool_]
    """Whether the two have been tied again since."""
    before_one: NDArray[np.int64]
    before_other: NDArray[np.int64]

    @classmethod
    def none(cls, residents: int) -> Dormant:
        """Return an empty record."""
        last = np.full(residents, _NONE, np.int64)
        return cls(last, 0, **{name: np.empty(0, dtype) for name, dtype in _RECORDS.items()})

    def remember(
        self, one: ArrayLike, other: ArrayLike, kind: ArrayLike, strength: ArrayLike, place: ArrayLike, week: ArrayLike
    ) -> None:
        """Add ties that have ended; weeks must not go back in time from call to call."""
        from sim import compiled

        a = np.asarray(one, np.int32)
        new = slice(self.count, self.count + len(a))
        self._make_space(len(a))
        self.one[new], self.other[new], self.kind[new] = a, other, kind
        self.strength[new], self.place[new], self.week[new], self.awake[new] = strength, place, week, False
        compiled.link_records(
            self.count, new.stop, self.one, self.other, self.last, self.before_one, self.before_other
        )  # fmt: skip
        self.count = new.stop

    def wake(self, one: ArrayLike, other: ArrayLike) -> None:
        """Note that pairs are tied again."""
        from sim import compiled

        a, b = np.asarray(one, np.int32), np.asarray(other, np.int32)
        if self.count and len(a):
            compiled.wake_records(a, b, self.last, self.one, self.other, self.before_one, self.before_other, self.awake)

    def asleep(self, of: NDArray[np.bool_] | None = None) -> dict[str, NDArray[Any]]:
        """Return ties that have ended and not been taken up again, in the order in which they ended.

        Parameters
        ----------
        of
            Residents of whom at least one must be concerned, shape (residents,); all ties where absent.

        Returns
        -------
        ties
            ``one``, ``other``, ``kind`` (codes), ``strength``, ``place``, ``week``, shape (ties,) each.

        """
        wanted = ~self.awake[: self.count]
        if of is not None:
            wanted &= of[self.one[: self.count]] | of[self.other[: self.count]]
        at = np.flatnonzero(wanted)
        return {name: getattr(self, name)[at] for name in ("one", "other", "kind", "strength", "place", "week")}

    def begin_anew(self) -> None:
        """Count the weeks of an earlier run as weeks before the start."""
        weeks = self.week[: self.count]
        weeks -= max(0, int(weeks.max(initial=0)))

    def copy(self) -> Dormant:
        """Return a record that can be changed without touching this one."""
        held = {name: getattr(self, name)[: self.count].copy() for name in _RECORDS}
        return Dormant(last=self.last.copy(), count=self.count, **held)

    def _make_space(self, records: int) -> None:
        missing = self.count + records - len(self.one)
        if missing > 0:
            for name in _RECORDS:
                values = getattr(self, name)
                setattr(self, name, np.concatenate([values, np.zeros(max(missing, len(values) // 2), values.dtype)]))
