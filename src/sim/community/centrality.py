"""Where residents stand in the network: between others, in its middle, in which part of it, across its lines.

For choosing whom a programme invites. Ties count once each, whatever their strength, and only those of the kinds
asked for. Compiled, because networkx takes minutes at 100,000 residents; ``docs/performance.md`` says why no
other library is used. Figures that are equal by symmetry come out equal: they are rounded, so that luck decides
between them and not the last bit of a sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.ties import Ties

__all__ = ["Links", "betweenness", "communities", "crossing", "eigenvector", "links_of"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_WORK = 50_000_000
"""How many entries (directions of a tie) the search for shortest paths may look at: half a second to a few seconds.
Betweenness is exact up to about 2,000 residents with twelve ties each."""
_FEWEST_PIVOTS = 64
"""Residents from whom shortest paths are followed at least, however large the community."""

_MOST_ROUNDS = 2000
"""Rounds of power iteration: enough for 1e-8 unless two parts of a network are nearly alike, and then for a ranking."""
_TOLERANCE = 1e-9
_DIGITS = 6


@dataclass(frozen=True)
class Links:
    """Who is tied to whom by ties of some kinds, in rows."""

    first: Numbers
    """Where each resident's neighbours begin, shape (residents + 1,)."""
    neighbour: NDArray[np.int32]
    """Neighbours, row by row, in ascending order."""

    @property
    def degree(self) -> Numbers:
        """Number of ties of each resident."""
        return np.diff(self.first)

    @property
    def rows(self) -> Numbers:
        """The resident to whom each entry of ``neighbour`` belongs."""
        return np.repeat(np.arange(len(self.first) - 1), self.degree)


def links_of(ties: Ties, kinds: Iterable[str] = ()) -> Links:
    """Return who is tied to whom by ties of some kinds, or (none named) of all; a kind not there has no ties."""
    entries, rows = ties.entries(), ties.rows()
    wanted = tuple(kinds)
    if wanted:
        counted = np.array([name in wanted for name in ties.kinds], np.bool_)
        kept = counted[ties.kind[entries]]
        entries, rows = entries[kept], rows[kept]
    degree = np.bincount(rows, minlength=ties.residents)
    first = np.zeros(ties.residents + 1, np.int64)
    first[1:] = np.cumsum(degree)
    return Links(first, ties.neighbour[entries])


def betweenness(links: Links, luck: Floats, pivots: int | None = None) -> Floats:
    """Return on how many shortest paths between other pairs each resident lies (Freeman 1977).

    By the algorithm of Brandes (2001). In a large community paths are followed from some residents only, the pivots,
    and the count is scaled up: an unbiased estimate (Brandes & Pich 2007), good for finding those who lie between
    many, rough for the rest.

    Parameters
    ----------
    links
        Who is tied to whom.
    luck
        A draw in [0, 1) for each resident; those with the smallest are the pivots.
    pivots
        From how many residents paths are followed; absent: from all in a community of up to about 2,000, from 64 in
        one of 100,000.

    """
    residents = len(links.first) - 1
    tied = np.flatnonzero(links.degree > 0)
    if pivots is None:
        pivots = max(_FEWEST_PIVOTS, _WORK // max(1, len(links.neighbour)))
    chosen = np.sort(tied[np.argsort(luck[tied], kind="stable")[:pivots]])
    found, distance = np.zeros(residents), np.empty(residents, np.int32)
    work = (np.empty(residents, np.int32), distance, np.empty(residents), np.empty(residents))
    compiled.betweenness(links.first, links.neighbour, chosen, *work, found)
    scale = 0.5 * len(tied) / len(chosen) if len(chosen) else 0.0
    return _rounded(found * scale)


def eigenvector(links: Links) -> Floats:
    """Return each resident's entry in the leading eigenvector of the ties (Bonacich 1972); the greatest is 1.

    High for residents who are tied to residents for whom it is high. In a network that falls apart, only the part
    with the densest ties counts, and residents outside it have 0.
    """
    residents = len(links.first) - 1
    found = np.zeros(residents)
    if len(links.neighbour):
        compiled.leading_vector(links.first, links.neighbour, _MOST_ROUNDS, _TOLERANCE, np.empty(residents), found)
    return _rounded(found)


def communities(links: Links, luck: Floats) -> Numbers:
    """Return the number of each resident's network community, -1 for residents without ties.

    Parts of the network with many ties inside and few between them, found by the Louvain method (Blondel et al.
    2008): residents move to the neighbouring community that raises modularity most, then communities are taken as
    residents, until nothing moves. Numbered by size, the largest 0.

    Parameters
    ----------
    links
        Who is tied to whom.
    luck
        A draw in [0, 1) for each resident: the order in which they move.

    """
    from scipy.sparse import csr_array

    residents = len(links.first) - 1
    part = np.arange(residents)
    first, neighbour = links.first, links.neighbour
    weight: Floats = np.ones(len(neighbour))
    own: Floats = np.zeros(residents)
    while True:
        size = len(first) - 1
        order = np.argsort(luck, kind="stable")
        label = np.arange(size)
        total = own + np.add.reduceat(np.append(weight, 0.0), first[:-1]) * (np.diff(first) > 0)
        if not compiled.move_to_communities(
            first, neighbour, weight, own, order, label, total, np.zeros(size), np.empty(size, np.int64)
        ):
            break
        _, label = np.unique(label, return_inverse=True)
        part, count = label[part], int(label.max()) + 1
        one, other = label[np.repeat(np.arange(size), np.diff(first))], label[neighbour]
        within = np.bincount(one, weight * (one == other), count)
        own = np.asarray(np.bincount(label, own, count) + within, np.float64)
        apart = one != other
        merged = csr_array((weight[apart], (one[apart], other[apart])), shape=(count, count))
        merged.sum_duplicates()
        least = np.full(count, np.inf)
        np.minimum.at(least, label, luck)
        luck = least
        first, neighbour, weight = merged.indptr.astype(np.int64), merged.indices.astype(np.int32), merged.data
    return _by_size(np.where(links.degree > 0, part, -1))


def crossing(links: Links, side: NDArray[np.int64]) -> Numbers:
    """Return how many ties of each resident lead to somebody on another side; -1 is no side."""
    rows = links.rows
    one, other = side[rows], side[links.neighbour]
    across = (one != other) & (one >= 0) & (other >= 0)
    return np.bincount(rows[across], minlength=len(side))


def _by_size(part: Numbers) -> Numbers:
    """Return parts numbered by size, the largest 0; of equal size, the one with the first resident first."""
    members = part >= 0
    names, first, inverse, counts = np.unique(part[members], return_index=True, return_inverse=True, return_counts=True)
    number = np.empty(len(names), np.int64)
    number[np.lexsort((first, -counts))] = np.arange(len(names))
    result = np.full(len(part), -1, np.int64)
    result[members] = number[inverse]
    return result


def _rounded(values: Floats) -> Floats:
    """Return values rounded to six digits of the greatest."""
    greatest = float(values.max(initial=0.0))
    return np.asarray(np.round(values / greatest, _DIGITS) * greatest if greatest > 0 else values)
