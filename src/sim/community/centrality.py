"""Where residents stand in the network: between others, in its middle, in which part of it, across its lines.

For choosing whom a programme invites. Ties count once each, whatever their strength, and only those of the kinds
asked for. Exact betweenness and network communities come from NetworKit, the eigenvector from products of SciPy,
because networkx takes minutes at 100,000 residents; betweenness in communities too large for that is estimated by
compiled code, because what NetworKit estimates in the same time is nearly luck. ``docs/performance.md`` has the
figures. Values that are equal by symmetry come out equal: they are rounded, so that luck decides between them and not
the last bit of a sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.ties import Ties
from sim.community.toolkit import graph_of, run, toolkit
from sim.rng import Stream

__all__ = ["Links", "betweenness", "communities", "crossing", "eigenvector", "links_of"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_WORK = 50_000_000
"""How many entries (directions of a tie) an exact search for shortest paths may look at: about one second. That is
enough for about 2,000 residents with twelve ties each."""
_PATHS = 200_000
"""Shortest paths drawn where there are more: a second at 10,000 residents, ten at 100,000."""
_AT_ONCE = 1_000
_LOOKED = 4_000_000_000
"""Entries looked at after which no more are drawn: in networks in which paths are long, such as rings."""

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


def betweenness(links: Links, stream: Stream, number: int = 0, paths: int | None = None) -> Floats:
    """Return on how many shortest paths between other pairs each resident lies (Freeman 1977).

    Exact (Brandes 2001) in a community of up to about 2,000. In a larger one it is counted on how many of 200,000
    shortest paths between residents drawn by luck she lies (Riondato & Kornaropoulos 2016; fewer where paths are long),
    scaled up: unbiased, good for telling those who lie between many, rough for the rest.

    Parameters
    ----------
    links
        Who is tied to whom.
    stream
        Where the draws come from that tell which paths are looked at.
    number
        The first number of the draws.
    paths
        How many paths are drawn; absent: none where the exact answer takes a second at most.

    """
    residents = len(links.first) - 1
    tied = np.flatnonzero(links.degree > 0)
    found = np.zeros(residents)
    if not len(tied):
        return found
    if paths is None and len(tied) * len(links.neighbour) > _WORK:
        paths = _PATHS
    if paths is not None:
        return _rounded(_on_paths(links, stream, number, paths))
    from networkit.centrality import Betweenness

    graph = links.graph(tied)
    found[tied] = run(lambda: Betweenness(graph)).scores()
    return _rounded(found / 2.0)  # it counts both directions


def _on_paths(links: Links, stream: Stream, number: int, paths: int) -> Floats:
    """Return an estimate of betweenness from shortest paths that are drawn."""
    residents, entries = len(links.first) - 1, len(links.neighbour)
    found = np.zeros(residents)
    side, steps, ways = np.zeros(residents, np.int8), np.empty(residents, np.int32), np.empty(residents)
    queue, meeting = np.empty((2, residents + 1), np.int32), np.empty((2, entries), np.int32)
    draws = (np.uint64(stream.key), np.uint64(number))
    done = looked = 0
    while done < paths and looked < _LOOKED:
        begin, done = done, min(paths, done + _AT_ONCE)
        looked += compiled.count_on_paths(
            *draws, begin, done, links.first, links.neighbour, side, steps, ways, queue, meeting, found
        )
    return np.asarray(found * (residents * (residents - 1) / 2 / done))


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
