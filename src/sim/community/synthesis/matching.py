"""Ties from wanted numbers of ties: half-ties ("stubs") stand in a row, and neighbours in the row are joined.

Every resident puts as many stubs into the row as she is to have ties, all near her own position, each moved
by a keyed jitter. Who stands close becomes tied, and those who are tied share neighbours, so triangles close.
Pairs that cannot be (oneself, or tied already) go back and are matched again with twice the jitter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.community.synthesis.keyed import Floats, Ints
from sim.rng import Draws

__all__ = ["STUB", "Stubs", "Tied", "match", "pair_codes"]

STUB = np.uint64(1 << 62)
"""Marks a stub's number in the counter of a draw, so that it is never taken for a resident."""

Pairs = tuple[Ints, Ints]


def pair_codes(one: Ints, other: Ints, residents: int) -> Ints:
    """Return one whole number for each pair, whichever is named first."""
    return np.asarray(np.minimum(one, other) * np.int64(residents) + np.maximum(one, other))


@dataclass
class Tied:
    """The pairs that are tied already, as sorted codes."""

    residents: int
    codes: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def has(self, codes: Ints) -> NDArray[np.bool_]:
        """Say which pairs are tied."""
        if not len(self.codes):
            return np.zeros(len(codes), np.bool_)
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return np.asarray(self.codes[at] == codes)

    def add(self, codes: Ints) -> None:
        """Add pairs that are new."""
        self.codes = np.sort(np.concatenate([self.codes, codes]), kind="stable")


@dataclass
class Stubs:
    """Half-ties looking for each other. Arrays have shape (stubs,)."""

    owner: Ints
    """The resident whose half-tie it is."""
    number: Ints
    """Tells the half-ties of one resident apart."""
    position: Floats
    """Where in the row it stands; near stubs meet."""
    block: Ints
    """Only stubs of the same block meet."""

    @classmethod
    def of(cls, owners: Ints, count: Ints, position: Floats, block: Ints) -> Stubs:
        """Return ``count`` stubs for each owner, all at her position and in her block.

        An owner may be given several times, in different blocks (as a member of several places).
        """
        owner, blocks = np.repeat(owners, count), np.repeat(block, count)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        return cls(owner, within + (blocks << 16), np.repeat(position, count), blocks)

    def at(self, index: Ints) -> Stubs:
        """Return some of the stubs."""
        return Stubs(self.owner[index], self.number[index], self.position[index], self.block[index])

    def __len__(self) -> int:
        return len(self.owner)


def match(draws: Draws, rule: str, stubs: Stubs, width: float, tied: Tied, rounds: int) -> tuple[Pairs, Ints, Stubs]:
    """Join stubs that stand next to each other.

    Parameters
    ----------
    draws, rule
        The luck of this community and the name under which this step draws.
    stubs
        The half-ties.
    width
        How far a stub is moved to either side, in units of position; doubled in every round.
    tied
        The pairs that cannot be tied again; the new ones are added.
    rounds
        How often stubs that found nobody are matched again.

    Returns
    -------
    tuple
        The pairs, the block in which each came about, and the stubs that are left over.
    """
    found: list[tuple[Ints, Ints, Ints]] = []
    left = stubs
    for attempt in range(rounds):
        if len(left) < 2:
            break
        stream = draws.stream(f"synthesise: {rule}", attempt)
        luck = stream.pair_uniform(left.owner.astype(np.uint64), left.number.astype(np.uint64) | STUB)
        moved = left.position + width * 2.0**attempt * (2.0 * luck - 1.0)
        row = left.at(np.lexsort((moved, left.block)))
        first = np.flatnonzero(_opens_pair(row.block))
        one, other = row.owner[first], row.owner[first + 1]
        codes = pair_codes(one, other, tied.residents)
        good = np.zeros(len(codes), np.bool_)
        good[np.unique(codes, return_index=True)[1]] = True
        good &= (one != other) & ~tied.has(codes)
        tied.add(codes[good])
        found.append((one[good], other[good], row.block[first[good]]))
        waiting = np.ones(len(row), np.bool_)
        waiting[first[good]] = waiting[first[good] + 1] = False
        left = row.at(np.flatnonzero(waiting))
    empty = np.empty(0, np.int64)
    one, other, block = (
        (np.concatenate([empty, *parts]) for parts in zip(*found, strict=True)) if found else [empty] * 3
    )
    return (one, other), block, left


def _opens_pair(block: Ints) -> NDArray[np.bool_]:
    """Say which stubs of a sorted row are joined with the one behind: every other one within each block."""
    index = np.arange(len(block))
    begins = np.ones(len(block), np.bool_)
    begins[1:] = block[1:] != block[:-1]
    since = index - np.maximum.accumulate(np.where(begins, index, 0))
    opens = since % 2 == 0
    opens[:-1] &= ~begins[1:]
    opens[-1:] = False
    return np.asarray(opens)
