"""A network with given numbers of ties, mixing, clustering and largest part.

Residents get their numbers of ties first; then ties exchange partners, which changes nobody's number of ties, until
mixing and clustering are as wanted. Sampling networks with given statistics by such exchanges is common (Milo et al.
2003, Gjoka, Kurant & Markopoulou 2013); here they are searched for, not sampled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.synthesis.keyed import Floats, Ints
from sim.rng import Draws, stream_key

__all__ = ["Mixing", "Wanted", "network_like", "rewired"]

_ROUNDS = 60
"""Rounds of two proposals a tie in the quick search."""
_SLOW_ROUNDS = 3000
"""Rounds of slow cooling, where the quick search gets stuck: with much clustering and likeness at once."""
_MOST_PROPOSALS = 20_000_000
"""Of slow cooling: some seconds."""
_HOT_ROUNDS = 20
"""Rounds at the start in which steps away from what is wanted are kept now and then."""
_CLOSE = 0.25
"""Share of the tolerance within which a count is near enough to stop."""
_ROOM = 20_000
"""Ties of a block that one which cannot be asks for an exchange, at most."""
_ROOM_ATTEMPTS = 20
"""How often it asks again, after others have exchanged partners."""
_ATTEMPTS = 300
"""Attempts to find other partners for half-ties that met themselves or each other again."""
_JITTER = 2.0
"""Residents by which a half-tie is moved along the line."""
_NEAR = 1.2
"""Tolerances within which the quick search's result is left as it is."""
_PART_ROUNDS = 400
"""Attempts to bring the largest part to its size."""


Pair = tuple[int, int]


@dataclass(frozen=True)
class Mixing:
    """Who should be tied to whom by one attribute."""

    group: Ints
    """Code of each resident, shape (residents,)."""
    share: Floats
    """Wanted share of all ties in each cell, counted once with row <= column, shape (groups, groups); NaN for cells
    about which nothing is known."""


@dataclass(frozen=True)
class Wanted:
    """What the network should be like, beside its numbers of ties."""

    mixing: tuple[Mixing, ...] = ()
    clustering: float | None = None
    """Share of connected triples that close."""
    largest: float | None = None
    """Share of residents in the largest connected part."""
    tolerance: float = 0.01
    """Greatest difference of a share that is near enough."""


def network_like(draws: Draws, degree: Ints, block: Ints, wanted: Wanted) -> tuple[Ints, Ints]:
    """Return both ends of the ties of a network.

    Parameters
    ----------
    draws
        The luck of this community.
    degree
        Wanted number of ties of each resident; met but for at most one tie a block whose sum is odd, and for residents
        who are to know more than there are.
    block
        Ties stay within a block, shape (residents,), numbered from 0.
    wanted
        What else it should be like.

    """
    one, other = _first_ties(draws, degree, block, _line(draws, len(degree), wanted))
    if not len(one):
        return one, other
    state = _State(draws, one, other, len(degree), block, wanted)
    state.search()
    if wanted.largest is not None:
        state.resize(wanted.largest)
    return state.pairs()


def rewired(draws: Draws, pairs: tuple[Ints, Ints], block: Ints, wanted: Wanted, residents: int) -> tuple[Ints, Ints]:
    """Return ties that have exchanged partners until mixing and clustering are as wanted; nobody's number changes.

    Parameters
    ----------
    draws
        The luck of this community.
    pairs
        Both ends of each tie.
    block
        Half of the exchanges are between ties of two residents of the same block, shape (residents,).
    wanted
        What the network should be like.
    residents
        How many there are.

    """
    state = _State(draws, *pairs, residents, block, wanted)
    state.search_downhill()
    return state.pairs()


def _line(draws: Draws, residents: int, wanted: Wanted) -> Floats | None:
    """Return each resident's place in a line in which like stand next to like; None if ties need not cluster.

    Joining neighbours in the line gives a network that is more alike and more clustered than most; from there the
    search finds its way, while it gets stuck on the way up from a random one. What matters most is sorted by first.
    """
    if wanted.clustering is None:
        return None
    luck = draws.stream("synthesise: place in the line").uniform(np.arange(residents, dtype=np.uint64))
    alike = sorted(wanted.mixing, key=lambda each: float(np.nansum(np.diag(each.share))))
    order = np.lexsort((luck, *(each.group for each in alike)))
    place = np.empty(residents)
    place[order] = np.arange(residents)
    return place


def _first_ties(draws: Draws, degree: Ints, block: Ints, line: Floats | None = None) -> tuple[Ints, Ints]:
    """Join half-ties within blocks, at random or with neighbours in a line.

    Those that meet themselves or each other again exchange with other ties.
    """
    size = len(degree)
    owner = np.repeat(np.arange(size), degree)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(degree) - degree, degree)
    luck = draws.stream("synthesise: half-ties").pair_uniform(
        owner.astype(np.uint64), number.astype(np.uint64) | np.uint64(1 << 62)
    )
    if line is not None:
        luck = line[owner] + _JITTER * (2.0 * luck - 1.0)
    order = np.lexsort((luck, block[owner]))
    owner = owner[order]
    held = np.bincount(block[owner], minlength=int(block.max(initial=0)) + 1)
    begins = np.cumsum(held) - held
    within = np.arange(len(owner)) - np.repeat(begins, held)
    opens = (within % 2 == 0) & (within + 1 < np.repeat(held, held))
    at = np.flatnonzero(opens)
    one, other = owner[at], owner[at + 1]
    return _without_repeats(draws, one, other, size, block)


def _without_repeats(draws: Draws, one: Ints, other: Ints, size: int, block: Ints) -> tuple[Ints, Ints]:
    """Let ties that cannot be exchange partners with ties of their block; what is left after many tries goes."""
    stream = draws.stream("synthesise: half-ties that meet again")
    for attempt in range(_ATTEMPTS):
        codes = np.minimum(one, other) * np.int64(size) + np.maximum(one, other)
        good = np.zeros(len(codes), np.bool_)
        good[np.unique(codes, return_index=True)[1]] = True
        good &= one != other
        bad = np.flatnonzero(~good)
        if not len(bad):
            return one, other
        if attempt == _ATTEMPTS - 1:
            return _room_made(draws, one, other, good, block)
        order = np.argsort(block[one], kind="stable")
        held = np.bincount(block[one], minlength=int(block.max()) + 1)
        begins = np.cumsum(held) - held
        luck = stream.uniform(bad.astype(np.uint64), attempt)
        mine = block[one[bad]]
        partner = order[begins[mine] + np.minimum((luck * held[mine]).astype(np.int64), held[mine] - 1)]
        _, chosen = np.unique(partner, return_index=True)
        for i in chosen.tolist():  # few, and fewer with every attempt
            a, b = bad[i], partner[i]
            if a != b:
                other[a], other[b] = other[b], other[a]
    raise AssertionError("left by the last attempt")


def _room_made(draws: Draws, one: Ints, other: Ints, good: NDArray[np.bool_], block: Ints) -> tuple[Ints, Ints]:
    """Let each tie that cannot be look for one of its block with which both can be after an exchange; else it goes.

    In a small block with many ties an exchange with any tie is as likely to make another repeat as to mend one. Where
    no tie fits, others of the block exchange partners among themselves, and it looks again.
    """
    ends = list(zip(one.tolist(), other.tolist(), strict=True))
    tied = {_pair(*ends[tie]) for tie in np.flatnonzero(good).tolist()}
    stream = draws.stream("synthesise: room for half-ties")
    good = good.copy()
    for bad in np.flatnonzero(~good).tolist():
        there = np.flatnonzero(good & (block[one] == block[one[bad]]))
        for attempt in range(_ROOM_ATTEMPTS):
            luck = stream.uniform(there.astype(np.uint64), _ROOM_ATTEMPTS * bad + attempt)
            order = there[np.argsort(luck, kind="stable")[:_ROOM]].tolist()
            if any(_exchange(ends, bad, tie, tied, False) for tie in order):
                good[bad] = True
                break
            for tie, partner in zip(order[0::2], order[1::2], strict=False):
                _exchange(ends, tie, partner, tied, True)
    kept = np.array(ends, np.int64).reshape(-1, 2)[good]
    return kept[:, 0], kept[:, 1]


def _pair(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)


def _exchange(ends: list[Pair], first: int, second: int, tied: set[Pair], is_tied: bool) -> bool:
    """Let two ties exchange partners so that both can be, if they can; the first ``is_tied`` or cannot be as it is."""
    (a, b), (c, d) = ends[first], ends[second]
    for one, other in (((a, c), (b, d)), ((a, d), (b, c))):
        pairs = {_pair(*one), _pair(*other)}
        if len(pairs) == 2 and not pairs & tied and one[0] != one[1] and other[0] != other[1]:
            if is_tied:
                tied.discard(_pair(a, b))
            tied.discard(_pair(c, d))
            tied.update(pairs)
            ends[first], ends[second] = one, other
            return True
    return False


class _State:
    """A network that is being rewired."""

    def __init__(self, draws: Draws, one: Ints, other: Ints, size: int, block: Ints, wanted: Wanted) -> None:
        self.wanted, self.size, self.ties = wanted, size, len(one)
        degree = np.bincount(one, minlength=size) + np.bincount(other, minlength=size)
        self.first = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
        self.neighbour = np.empty(2 * len(one), np.int32)
        compiled.fill_rows(one.astype(np.int64), other.astype(np.int64), self.first, self.neighbour)
        self.owner = np.repeat(np.arange(size, dtype=np.int32), degree)
        self.block = block.astype(np.int64)
        self.by_block = np.argsort(self.block[self.owner], kind="stable").astype(np.int64)
        held = np.bincount(self.block[self.owner], minlength=int(block.max(initial=0)) + 1)
        self.block_first = np.concatenate([[0], np.cumsum(held)]).astype(np.int64)
        self.key = np.uint64(stream_key(draws.seed, "synthesise: exchanges of partners", 0))
        self.proposed, self.marks = 0, 1
        self.stamp = np.zeros(size, np.int64)
        self._tables(one, other)
        self.triples = float((degree * (degree - 1) / 2).sum())
        self.triangles, self.marks = compiled.count_triangles(self.first, self.neighbour, self.stamp, self.marks)
        clustering = wanted.clustering
        self.triangles_wanted = 0.0 if clustering is None else clustering * self.triples / 3.0
        unit = max(1.0, wanted.tolerance * self.triples / 3.0)
        self.triangle_weight = 0.0 if clustering is None else 1.0 / unit**2

    def _tables(self, one: Ints, other: Ints) -> None:
        """Put the tables of all attributes one behind the other."""
        mixing = self.wanted.mixing
        self.group = np.zeros((len(mixing), self.size), np.int64)
        self.width = np.array([len(each.share) for each in mixing], np.int64)
        self.offset = np.concatenate([[0], np.cumsum(self.width**2)[:-1]]).astype(np.int64)[: len(mixing)]
        cells = int((self.width**2).sum())
        self.goal, self.weight = np.zeros(cells), np.zeros(cells)
        self.count = np.zeros(cells)
        unit = max(1.0, self.wanted.tolerance * self.ties)
        for k, each in enumerate(mixing):
            self.group[k] = each.group
            low = np.minimum(each.group[one], each.group[other])
            high = np.maximum(each.group[one], each.group[other])
            at = self.offset[k] + low * self.width[k] + high
            self.count += np.bincount(at, minlength=cells)
            share = each.share.ravel()
            known = np.isfinite(share)
            here = slice(int(self.offset[k]), int(self.offset[k] + self.width[k] ** 2))
            self.goal[here][known] = share[known] * self.ties
            self.weight[here][known] = 1.0 / unit**2

    def propose(self, proposals: int, heat: float) -> None:
        """Make some proposals."""
        self.triangles, _, self.marks = compiled.rewire(
            self.key, self.proposed, proposals, heat, self.first, self.neighbour, self.owner, self.by_block,
            self.block_first, self.block, self.group, self.offset, self.width, self.goal, self.weight, self.count,
            float(self.triangles), self.triangles_wanted, self.triangle_weight, self.stamp, self.marks,
        )  # fmt: skip
        self.proposed += proposals

    def misfit(self) -> float:
        """Return the greatest difference in tolerances."""
        differences = np.abs(self.count - self.goal) * np.sqrt(self.weight)
        of_triangles = abs(self.triangles - self.triangles_wanted) * self.triangle_weight**0.5
        return float(max(differences.max(initial=0.0), of_triangles))

    def search_downhill(self) -> None:
        """Propose until everything is near enough, keeping no step away from it: enough where little is asked for."""
        for number in range(_ROUNDS):
            if self.misfit() <= _NEAR and number:
                return
            self.propose(max(200, self.ties // 2), 0.0)

    def search(self) -> None:
        """Propose until everything is near enough: quickly first, and where that gets stuck, by slow cooling."""
        unit = max(1.0, self.wanted.tolerance * self.ties)
        per_round = max(200, 2 * self.ties)
        slow = min(_SLOW_ROUNDS, _MOST_PROPOSALS // per_round)
        for rounds, hot, heat in ((_ROUNDS, _HOT_ROUNDS, 2.0), (slow, 0.85 * slow, 20.0)):
            for number in range(rounds):
                if self.misfit() <= _CLOSE and number >= 5:
                    return
                self.propose(per_round, heat / unit * max(0.0, 1.0 - number / hot))
            if self.misfit() <= _NEAR:
                return

    def largest(self) -> int:
        """Return how many residents the largest part has."""
        label, queue = np.empty(self.size, np.int32), np.empty(self.size, np.int32)
        return int(compiled.largest_part(self.first, self.neighbour, label, queue))

    def resize(self, share: float) -> None:
        """Keep small batches of proposals that bring the size of the largest part nearer, and undo the others.

        The better it fits, the smaller the batches; other figures may move by as much as the tolerance allows.
        """
        goal = share * self.size
        now, near = self.largest(), max(1.0, self.wanted.tolerance * self.size)
        limit = max(1.0, self.misfit())
        batch = max(20, self.ties // 4)
        for _ in range(_PART_ROUNDS):
            if abs(now - goal) <= near:
                return
            before = (self.neighbour.copy(), self.count.copy(), self.triangles)
            self.propose(batch, 0.3 / max(1.0, self.wanted.tolerance * self.ties))
            found = self.largest()
            if abs(found - goal) <= abs(now - goal) and self.misfit() <= limit:
                now = found
                continue
            self.neighbour[:], self.count[:], self.triangles = before
            batch = max(20, int(batch * 0.9))

    def pairs(self) -> tuple[Ints, Ints]:
        """Return both ends of each tie, the smaller first."""
        kept = self.owner < self.neighbour
        return self.owner[kept].astype(np.int64), self.neighbour[kept].astype(np.int64)
