"""The week's weighted sums over ties: what is asked for, laid out for one pass over the ties.

What is gathered of each resident stands in one row: eight numbers, which is one cache line, where no more is asked for,
else sixteen; if that is not enough, the pass is made again for the rest (see :mod:`sim.compiled.passes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import compiled, evidence
from sim.community.community import Community
from sim.community.ties import MADE_KINDS_WEIGHT
from sim.rules import Floats, Sum

__all__ = ["Layout", "Sums"]

Values = Callable[[str], "NDArray[Any] | float"]

_ALWAYS = {Sum("strength"): 0, Sum("influence"): 1, Sum("support"): 2, Sum("influence", "stigma"): 3}
"""Sums that every pass takes, by their place among the sums."""

_LINE = 64
"""Bytes in a line of cache: rows begin with one."""

AHEAD = 64
"""How many ties beforehand it is asked for what will be gathered."""

AHEAD_FROM = 10_000
"""Residents from which it pays to ask beforehand: below, everything is in cache, and asking costs 10-70%."""


@dataclass(frozen=True)
class Layout:
    """Where a row has room for columns, and which sums come of it."""

    width: int
    sums: int
    room: Mapping[str, tuple[tuple[int, int], ...]]
    """By weight: place in the row, and place among the sums."""
    pull: int
    passed_on: int
    """Place in the row of what is passed on."""
    confidants: int

    @classmethod
    def narrow(cls) -> Layout:
        """Return the layout of one cache line."""
        room = {"influence": ((3, 4),), "strength": ((4, 5), (5, 6), (6, 7)), "count": ((7, 8),), "support": ()}
        return cls(compiled.NARROW, compiled.NARROW_SUMS, room, pull=9, passed_on=2, confidants=1)

    @classmethod
    def wide(cls) -> Layout:
        """Return the layout of two cache lines."""
        room = {
            "influence": ((4, 4), (5, 5), (6, 6)),
            "support": ((7, 7),),
            "strength": tuple((place, place) for place in range(8, 14)),
            "count": ((14, 14), (15, 15)),
        }
        return cls(compiled.WIDE, compiled.WIDE_SUMS, room, pull=16, passed_on=3, confidants=17)


class Sums:
    """Takes all sums that rules and measures ask for.

    Parameters
    ----------
    asked
        The sums, in any order.
    community
        Over whose ties.

    Raises
    ------
    ValueError
        If sums within more than one bound of attitude, or of more than one column that is passed on, are asked for.
    """

    def __init__(self, asked: Iterable[Sum], community: Community) -> None:
        wanted = set(asked)
        bounded = {item for item in wanted if item.weight == "confidence"}
        bounds = {item.bound for item in bounded}
        passed_on = {item.column for item in bounded} - {"one"}
        if len(bounds) > 1 or len(passed_on) > 1:
            raise ValueError("the pass takes sums within one bound of attitude, of one column")
        self.bound = bounds.pop() if bounds else float("inf")
        self.passed_on = passed_on.pop() if passed_on else "stigma"
        self._degree = Sum("count") in wanted
        plain = {item for item in wanted - bounded - {Sum("count")} if item not in _ALWAYS}
        by_weight = {
            weight: [item.column for item in sorted(plain, key=lambda item: item.column) if item.weight == weight]
            for weight in ("strength", "influence", "support", "count")
        }
        narrow = Layout.narrow()
        fits = all(len(columns) <= len(narrow.room[weight]) for weight, columns in by_weight.items())
        unbounded = np.isinf(self.bound) and self.passed_on == "stigma"
        self.layout = narrow if fits and unbounded else Layout.wide()
        self._arrange(by_weight, len(community))
        self._name(wanted, bounded, len(community))
        self.lived = np.zeros(0)
        """How much of each tie is lived, as of the last pass, by entry of the ties."""
        self.least = np.ones(len(community))
        """The least lived of each resident's ties, 1 where none is less, shape (residents,)."""
        self._written: dict[tuple[int, int], Any] = {}
        self._kinds = 0

    def _arrange(self, by_weight: Mapping[str, Sequence[str]], residents: int) -> None:
        """Give every column its place in the rows, and every sum its own, over as many passes as it takes."""
        self._places: list[tuple[int, int, str]] = []
        self._found: dict[Sum, tuple[int, int]] = {item: (0, at) for item, at in _ALWAYS.items()}
        passes = 1
        for weight, columns in by_weight.items():
            room = self.layout.room[weight]
            for number, column in enumerate(columns):
                index, (row, at) = number // len(room), room[number % len(room)]
                self._places.append((index, row, column))
                self._found[Sum(weight, column)] = (index, at)  # type: ignore[arg-type]
                passes = max(passes, index + 1)
        self._rows = [_aligned(residents * self.layout.width) for _ in range(passes)]
        self._out = [np.zeros((self.layout.sums, residents)) for _ in range(passes)]

    def _name(self, wanted: set[Sum], bounded: set[Sum], residents: int) -> None:
        """Name the sums."""
        self._asked = wanted
        self._bounded = bounded
        self._degrees = np.zeros(residents)
        self.named: dict[Sum, Floats] = {}
        """The sums, of the state as of the last pass, shape (residents,) each."""
        self.renew()

    def renew(self) -> None:
        """Let the named sums be views of what the pass fills; copying a run makes them arrays of their own."""
        for item in self._asked:
            if item in self._bounded:
                at = self.layout.confidants if item.column == "one" else self.layout.pull
                self.named[item] = self._out[0][at]
            elif item == Sum("count"):
                self.named[item] = self._degrees
            else:
                index, at = self._found[item]
                self.named[item] = self._out[index][at]

    def take(self, community: Community, derived: Mapping[str, NDArray[Any]], values: Values, *, anew: bool) -> None:
        """Fill the rows and take the sums.

        Parameters
        ----------
        community
            As it stands.
        derived
            What rules derived of it.
        values
            From the name of a column to its values.
        anew
            Whether every column is written again; else only those whose array is another one than before, or that the
            week changes in place.
        """
        if anew:
            self._written.clear()
        self._fill(community, derived, values)
        self.sum_up(community)

    def sum_up(self, community: Community) -> None:
        """Take the sums of the rows as they are filled."""
        ties = community.ties
        if len(self.lived) != len(ties.strength):
            self.lived = np.zeros(len(ties.strength))
        if self._kinds != len(ties.kinds):
            self._kinds = len(ties.kinds)
            self._weights = [_by_kind(name, ties.kinds) for name in ("ties.influence_weight", "ties.support_weight")]
        job = compiled.pass_narrow if self.layout.width == compiled.NARROW else compiled.pass_wide
        ahead = AHEAD if len(community) >= AHEAD_FROM else 0
        for rows, out in zip(self._rows, self._out, strict=True):
            job(
                ties.start, ties.length, ties.neighbour, ties.strength, ties.kind, ties.supports, *self._weights,
                self.bound, rows, ahead, self.lived, self.least, out,
            )  # fmt: skip
        if self._degree:
            self._degrees[:] = ties.length

    def _fill(self, community: Community, derived: Mapping[str, NDArray[Any]], values: Values) -> None:
        width = self.layout.width
        for index, flat in enumerate(self._rows):
            rows = flat.reshape(-1, width)
            signs = self._sign(community)
            np.multiply(derived.get("engagement", 1.0), signs, out=rows[:, 0])
            np.multiply(rows[:, 0], derived.get("welcome", 1.0), out=rows[:, 1])
            rows[:, 2] = community.observed("stigma")
            if width == compiled.WIDE:
                rows[:, 3] = values(self.passed_on)
            for where, row, column in self._places:
                if where == index:
                    self._write(rows, index, row, values(column), fixed=column not in derived)

    def _write(self, rows: Floats, index: int, row: int, found: NDArray[Any] | float, *, fixed: bool) -> None:
        """Write a column, unless it is one that nobody has changed since it was last written."""
        if fixed and self._written.get((index, row)) is found:
            return
        rows[:, row] = found
        self._written[index, row] = found

    def _sign(self, community: Community) -> Floats:
        """Return -1 for those who have disclosed, else 1."""
        disclosed = community.columns["disclosed"].values if "disclosed" in community.columns else None
        if self._written.get((-1, -1), self) is not disclosed:
            self._signs = np.where(community.flag("disclosed"), -1.0, 1.0)
            self._written[-1, -1] = disclosed
        return self._signs


def _aligned(size: int) -> Floats:
    """Return zeros that begin where a line of cache does."""
    room = np.zeros(size + _LINE // 8)
    skipped = -room.ctypes.data % _LINE // 8
    return room[skipped : skipped + size]


def _by_kind(name: str, kinds: Sequence[str]) -> Floats:
    """Return a weight for each kind of tie; kinds that interventions make share one."""
    weights: Mapping[str, float] = evidence.value(name)
    return np.array([weights.get(kind, weights[MADE_KINDS_WEIGHT]) for kind in kinds], np.float64)
