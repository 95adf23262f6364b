"""Ties: who is connected to whom, how strongly and in what way.

Every tie stands twice, once in the row of each of its two residents, and each row is kept in ascending order
of neighbours. So a sum over a row is taken in the same order whatever the order in which ties were given,
made or ended, and reordering the input changes no bit of a result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.community.dormant import Dormant

__all__ = ["CORE_KINDS", "MADE_KINDS_WEIGHT", "Ties"]

CORE_KINDS = ("household", "family", "friend")
"""Kinds of tie that count as close: isolation and distance are measured over them."""

MADE_KINDS_WEIGHT = "made"
"""The name under which weights of kinds that interventions make stand in the evidence."""

_ENTRY_ARRAYS = ("neighbour", "strength", "reference", "kind", "supports", "place", "maker", "ending")


@dataclass
class Ties:
    """Undirected weighted ties between residents, held as rows with some room to grow.

    Residents are numbered from 0 in the community's canonical order. Entry arrays are parallel; the entries
    of resident i are ``start[i] : start[i] + length[i]``.
    """

    kinds: list[str]
    """Names of the kinds of tie; codes are positions in this list."""
    start: NDArray[np.int64]
    length: NDArray[np.int32]
    room: NDArray[np.int32]
    neighbour: NDArray[np.int32]
    """Number of the other resident."""
    strength: NDArray[np.float64]
    """0 < strength <= 1, now."""
    reference: NDArray[np.float64]
    """Strength at rest: as given, or as drawn when the tie was made."""
    kind: NDArray[np.int8]
    supports: NDArray[np.bool_]
    """Whether the tie supports the row's resident (a befriender supports the befriended only)."""
    place: NDArray[np.int16]
    """Number of the place through which the tie lives, -1 for none."""
    maker: NDArray[np.int16]
    """Number of the intervention that made the tie, -1 for none."""
    ending: NDArray[np.int32]
    """Week in which the tie ends by itself, in the row of the resident with the smaller number; 0 where it has not been
    drawn."""
    due: NDArray[np.int32]
    """Week in which the next of a resident's ties may end by itself; 0 after one was made or ended, when that and their
    number are to be found out again."""
    end: int
    """Entries in use or set aside for rows; new rows start here."""
    version: int = 0
    """Goes up with every change of who is tied to whom."""
    dormant: Dormant = field(default_factory=lambda: Dormant.none(0))
    """Ties that have ended and could be taken up again."""
    counts: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 0), np.int32))
    """How many ties of each kind each resident has, shape (kinds, residents), kept up to date as ties come and go."""

    def __post_init__(self) -> None:
        if self.counts.shape != (len(self.kinds), len(self.start)):
            self.counts = np.ascontiguousarray(self.degrees().T)
        if len(self.dormant.last) != len(self.start):
            self.dormant = Dormant.none(len(self.start))

    @classmethod
    def from_pairs(
        cls,
        residents: int,
        one: ArrayLike,
        other: ArrayLike,
        strength: ArrayLike = 1.0,
        kind: ArrayLike = 0,
        *,
        kinds: Iterable[str] = ("friend",),
        place: ArrayLike = -1,
        supports_one: ArrayLike = True,
        supports_other: ArrayLike = True,
        spare: int = 2,
    ) -> Ties:
        """Build rows from one entry a tie, in any order.

        Parameters
        ----------
        residents
            How many residents there are.
        one, other
            The two residents of each tie; no self-ties, no pair twice in either direction.
        strength, kind, place, supports_one, supports_other
            For each tie, or one value for all.
        kinds
            Names of the kinds.
        spare
            Free entries left in each row for ties to come.

        Raises
        ------
        ValueError
            If a tie joins a resident with herself, is there twice, or its strength is not in (0, 1].

        """
        a, b = np.asarray(one, np.int32), np.asarray(other, np.int32)
        size = len(a)
        w = np.broadcast_to(np.asarray(strength, np.float64), size)
        if (a == b).any():
            raise ValueError("a tie joins a resident with herself")
        if size and not ((w > 0) & (w <= 1)).all():
            raise ValueError("strengths must lie above 0 and not above 1")
        rows, neighbours = np.concatenate([a, b]), np.concatenate([b, a])
        order = np.lexsort((neighbours, rows))
        rows, neighbours = rows[order], neighbours[order]
        if ((rows[1:] == rows[:-1]) & (neighbours[1:] == neighbours[:-1])).any():
            raise ValueError("a pair of residents is tied more than once")
        length = np.bincount(rows, minlength=residents).astype(np.int32)
        room = (length + spare).astype(np.int32)
        start = np.zeros(residents, np.int64)
        start[1:] = np.cumsum(room[:-1], dtype=np.int64)
        end = int(room.sum(dtype=np.int64))
        target = np.repeat(start - np.concatenate([[0], np.cumsum(length)[:-1]]), length) + np.arange(2 * size)

        def both(values: ArrayLike, dtype: Any, other_way: ArrayLike | None = None) -> NDArray[Any]:
            first = np.broadcast_to(np.asarray(values, dtype), size)
            second = first if other_way is None else np.broadcast_to(np.asarray(other_way, dtype), size)
            out: NDArray[Any] = np.zeros(end, dtype)
            out[target] = np.concatenate([first, second])[order]
            return out

        spread = np.zeros(end, np.int32)
        spread[target] = neighbours
        strengths = both(w, np.float64)
        return cls(
            kinds=list(kinds), start=start, length=length, room=room, neighbour=spread, strength=strengths,
            reference=strengths.copy(), kind=both(kind, np.int8),
            supports=both(supports_one, np.bool_, supports_other), place=both(place, np.int16),
            maker=np.full(end, -1, np.int16), ending=np.zeros(end, np.int32),
            due=np.zeros(residents, np.int32), end=end,
        )  # fmt: skip

    @property
    def residents(self) -> int:
        """How many residents there are."""
        return len(self.start)

    @property
    def count(self) -> int:
        """How many ties there are (each counted once)."""
        return int(self.length.sum(dtype=np.int64)) // 2

    def code(self, kind: str) -> int:
        """Return the code of a kind of tie, adding the kind if it is new."""
        if kind not in self.kinds:
            self.kinds.append(kind)
            self.counts = np.vstack([self.counts, np.zeros((1, self.residents), np.int32)])
            self.version += 1
        return self.kinds.index(kind)

    def entries(self) -> NDArray[np.int64]:
        """Return where the entries in use stand, row by row."""
        offsets = np.concatenate([[0], np.cumsum(self.length, dtype=np.int64)[:-1]])
        return np.repeat(self.start - offsets, self.length) + np.arange(int(self.length.sum(dtype=np.int64)))

    def rows(self) -> NDArray[np.int32]:
        """Return the row of each entry that :meth:`entries` names."""
        return np.repeat(np.arange(self.residents, dtype=np.int32), self.length)

    def pairs(self) -> dict[str, NDArray[Any]]:
        """Return each tie once: ``one`` < ``other`` in ascending order, and the entry arrays beside them.

        ``supports`` is given in both directions, as ``supports_one`` and ``supports_other``.
        """
        entries, rows = self.entries(), self.rows()
        first = rows < self.neighbour[entries]
        at, one = entries[first], rows[first]
        other = self.neighbour[at]
        backward = np.empty(len(at), np.int64)
        from sim import compiled

        compiled.find_ties(self.start, self.length, self.neighbour, other, one, backward)
        return {
            "one": one,
            "other": other,
            "supports_one": self.supports[at],
            "supports_other": self.supports[backward],
            **{name: getattr(self, name)[at] for name in ("strength", "reference", "kind", "place", "maker")},
        }

    def degrees(self) -> NDArray[np.int32]:
        """Return the number of ties of each resident by kind, shape (residents, kinds)."""
        from sim import compiled

        out = np.zeros((self.residents, len(self.kinds)), np.int32)
        compiled.count_by_kind(self.start, self.length, self.kind, out)
        return out

    def degree(self, kinds: Iterable[str] | None = None) -> NDArray[np.int64]:
        """Return the number of ties of each resident, of some kinds or of all."""
        degrees = self.degrees()
        wanted = self.kinds if kinds is None else [kind for kind in kinds if kind in self.kinds]
        columns = [self.kinds.index(kind) for kind in wanted]
        return np.asarray(degrees[:, columns].sum(axis=1), np.int64)

    def distance(
        self, sources: NDArray[np.bool_], kinds: Iterable[str] = CORE_KINDS, most: int = 6
    ) -> NDArray[np.int32]:
        """Return the number of steps from the nearest source over ties of some kinds, -1 beyond ``most``."""
        from sim import compiled

        counted = np.array([kind in set(kinds) for kind in self.kinds], np.bool_)
        out = np.empty(self.residents, np.int32)
        compiled.distances(self.start, self.length, self.neighbour, self.kind, counted, sources, most, out)
        return out

    def add(
        self,
        one: ArrayLike,
        other: ArrayLike,
        strength: ArrayLike,
        kind: str | NDArray[np.int8],
        *,
        supports_one: ArrayLike = True,
        supports_other: ArrayLike = True,
        place: ArrayLike = -1,
        maker: int = -1,
    ) -> NDArray[np.bool_]:
        """Make ties; say which of them are new (a pair that is tied already stays as it is).

        ``kind`` is the name of one kind, or the code of each tie's kind.
        """
        from sim import compiled

        a, b = np.asarray(one, np.int32), np.asarray(other, np.int32)
        size = len(a)
        added = np.zeros(size, np.bool_)
        if not size:
            return added
        codes = self.code(kind) if isinstance(kind, str) else kind
        new = (
            _spread(strength, np.float64, size), _spread(codes, np.int8, size), _spread(supports_one, np.bool_, size),
            _spread(supports_other, np.bool_, size), _spread(place, np.int16, size), _spread(maker, np.int16, size),
        )  # fmt: skip
        done = 0
        while done < size:
            self.end, done = compiled.add_ties(
                done, a, b, *new, added, self.end, self.start, self.length, self.room, self.due, self.counts,
                *self._entry_arrays(),
            )  # fmt: skip
            if done < size:
                self._make_space(2 * int(self.room[a[done]] + self.room[b[done]]) + 4)
        self.version += 1
        self.dormant.wake(a, b)
        return added

    def remove(self, one: ArrayLike, other: ArrayLike) -> NDArray[np.bool_]:
        """End ties; say which of them were there."""
        return self._part(np.asarray(one, np.int32), np.asarray(other, np.int32), None)

    def part(self, one: ArrayLike, other: ArrayLike, week: int) -> NDArray[np.bool_]:
        """End ties and remember them as dormant, but for those that an intervention made; say which were there."""
        return self._part(np.asarray(one, np.int32), np.asarray(other, np.int32), week)

    def _part(self, a: NDArray[np.int32], b: NDArray[np.int32], week: int | None) -> NDArray[np.bool_]:
        """End ties, and remember them where a week is given."""
        from sim import compiled

        size = len(a)
        removed = np.zeros(size, np.bool_)
        if not size:
            return removed
        kept, kind = np.empty(size, np.int64), np.empty(size, np.int8)
        reference, place = np.empty(size), np.empty(size, np.int16)
        found = compiled.part_ties(
            a, b, removed, kept, kind, reference, place, self.start, self.length, self.due, self.counts,
            *self._entry_arrays(),
        )  # fmt: skip
        if week is not None:
            at = kept[:found]
            self.dormant.remember(a[at], b[at], kind[:found], reference[:found], place[:found], week)
        self.version += 1
        return removed

    def begin_anew(self) -> None:
        """Forget what an earlier run has drawn about when ties end, and count its weeks as before the start."""
        self.ending[:] = 0
        self.due[:] = 0
        self.dormant.begin_anew()

    def has(self, one: ArrayLike, other: ArrayLike) -> NDArray[np.bool_]:
        """Say for each pair whether it is tied."""
        from sim import compiled

        a, b = np.asarray(one, np.int32), np.asarray(other, np.int32)
        out = np.empty(len(a), np.int64)
        compiled.find_ties(self.start, self.length, self.neighbour, a, b, out)
        return np.asarray(out >= 0)

    def neighbours(self, resident: int) -> NDArray[np.int32]:
        """Return the residents tied to one resident, in ascending order."""
        first = self.start[resident]
        return self.neighbour[first : first + self.length[resident]]

    def copy(self) -> Ties:
        """Return ties that can be changed without touching these."""
        arrays = {name: getattr(self, name)[: self.end].copy() for name in _ENTRY_ARRAYS}
        return Ties(
            kinds=list(self.kinds), start=self.start.copy(), length=self.length.copy(), room=self.room.copy(),
            due=self.due.copy(), end=self.end, version=self.version, dormant=self.dormant.copy(),
            counts=self.counts.copy(), **arrays,
        )  # fmt: skip

    def _entry_arrays(self) -> list[NDArray[Any]]:
        return [getattr(self, name) for name in _ENTRY_ARRAYS]

    def _make_space(self, entries: int) -> None:
        """Grow the pool so that that many entries fit behind its end."""
        missing = self.end + entries - len(self.neighbour)
        if missing > 0:
            grow = max(missing, len(self.neighbour) // 4)
            for name in _ENTRY_ARRAYS:
                values = getattr(self, name)
                setattr(self, name, np.concatenate([values, np.zeros(grow, values.dtype)]))


def _spread(values: ArrayLike, dtype: Any, size: int) -> NDArray[Any]:
    """Return an array of one value a tie; always of the same sort, so that compiled code is made once."""
    out = np.empty(size, dtype)
    out[:] = values
    return out
