"""Where residents stand in the network: between others, in its middle, in which part of it, across its lines.

For choosing whom a programme invites. Ties count once each, whatever their strength, and only those of the kinds
asked for. Shortest paths and network communities come from NetworKit, the eigenvector from products of SciPy, because
networkx takes minutes at 100,000 residents; ``docs/performance.md`` has the figures. Values that are equal by symmetry
come out equal: they are rounded, so that luck decides between them and not the last bit of a sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.community.ties import Ties
from sim.community.toolkit import graph_of, run, toolkit

__all__ = ["Links", "betweenness", "communities", "crossing", "eigenvector", "links_of"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_WORK = 50_000_000
"""How many entries (directions of a tie) the search for shortest paths may look at: one to five seconds. Betweenness is
exact up to about 2,000 residents with twelve ties each."""
_FEWEST_PIVOTS = 64
"""Residents from whom shortest paths are followed at least, however large the community."""

_MOST_ROUNDS = 2000
"""Rounds of power iteration: enough for 1e-8 unless two parts of a network are nearly alike, and then for a ranking."""
_TOLERANCE = 1e-9
_DIGITS = 6

_LEIDEN_ROUNDS = 10
"""Times that network communities are looked for again from those found; fewer where nothing changes any more."""


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

    def graph(self, order: Numbers) -> Any:
        """Return these ties as a graph of NetworKit, whose nodes are the residents of ``order``, all who have ties."""
        node = np.zeros(len(self.first) - 1, np.int64)
        node[order] = np.arange(len(order))
        one, other = self.rows, self.neighbour
        once = one < other
        return graph_of(node[one[once]], node[other[once]], len(order))


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

    By the algorithm of Brandes (2001). In a large community paths are followed from some residents only, the pivots;
    a path counts the more for a resident the farther along it she lies, and the count is scaled up: an unbiased
    estimate (Geisberger, Sanders & Schultes 2008), good for finding those who lie between many, rough for the rest.

    Parameters
    ----------
    links
        Who is tied to whom.
    luck
        A draw in [0, 1) for each resident: who the pivots are, one of them perhaps twice.
    pivots
        From how many residents paths are followed, at least 2; absent: from all in a community of up to about 2,000,
        from 64 in one of 100,000.

    """
    tied = np.flatnonzero(links.degree > 0)
    found = np.zeros(len(links.first) - 1)
    if pivots is None:
        pivots = max(_FEWEST_PIVOTS, _WORK // max(1, len(links.neighbour)))
    if pivots < len(tied):
        order = tied[np.argsort(luck[tied], kind="stable")]
        found[order] = _estimated(links.graph(order), pivots)
    elif len(tied):
        found[tied] = _exact(links.graph(tied))
    return _rounded(found)


def _exact(graph: Any) -> Floats:
    from networkit.centrality import Betweenness

    return np.asarray(run(lambda: Betweenness(graph)).scores(), np.float64) / 2.0  # both directions of a path


def _estimated(graph: Any, pivots: int) -> Floats:
    from networkit.centrality import EstimateBetweenness

    scores = run(lambda: EstimateBetweenness(graph, pivots - 1)).scores()  # which follows one more, and scales by these
    return np.asarray(scores, np.float64) * ((pivots - 1) / pivots / 2.0)


def eigenvector(links: Links) -> Floats:
    """Return each resident's entry in the leading eigenvector of the ties (Bonacich 1972); the greatest is 1.

    High for residents who are tied to residents for whom it is high. In a network that falls apart, only the part
    with the densest ties counts, and residents outside it have 0; parts that are alike count alike.

    By power iteration of ties + identity, which does not swing on networks with two sides, beginning from ones.
    """
    from scipy.sparse import csr_array

    residents = len(links.first) - 1
    if not len(links.neighbour):
        return np.zeros(residents)
    ties = csr_array((np.ones(len(links.neighbour)), links.neighbour, links.first), shape=(residents, residents))
    found: Floats = np.ones(residents)
    for _ in range(_MOST_ROUNDS):
        raised = found + ties @ found
        raised /= raised.max()
        change = float(np.abs(raised - found).max())
        found = raised
        if change < _TOLERANCE:
            break
    return _rounded(found)


def communities(links: Links, luck: Floats) -> Numbers:
    """Return the number of each resident's network community, -1 for residents without ties.

    Parts of the network with many ties inside and few between them, found by the Leiden method (Traag, Waltman & van
    Eck 2019): residents move to the neighbouring community that raises modularity most, communities that do not hang
    together are parted, then communities are taken as residents, until nothing moves. Numbered by size, the largest 0.

    Parameters
    ----------
    links
        Who is tied to whom.
    luck
        A draw in [0, 1) for each resident: the order in which they move.

    """
    tied = np.flatnonzero(links.degree > 0)
    part = np.full(len(links.first) - 1, -1, np.int64)
    if len(tied):
        order = tied[np.argsort(luck[tied], kind="stable")]
        graph = links.graph(order)
        found = run(lambda: toolkit().community.ParallelLeiden(graph, randomize=False, iterations=_LEIDEN_ROUNDS))
        part[order] = found.getPartition().getVector()
    return _by_size(part)


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
