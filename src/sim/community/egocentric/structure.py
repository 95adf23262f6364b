"""Who is tied to whom, before it is said which resident stands where: numbers of ties by relation, and triangles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.community.synthesis.keyed import quota
from sim.rng import Draws

__all__ = ["Labels", "Structure", "make_structure"]

Ints = NDArray[np.int64]

_STUB = np.uint64(1 << 62)
"""Marks the number of a half-tie in the counter of a draw, so that it is never taken for a resident."""

_ROUNDS = 30
"""How often half-ties that found nobody are matched again; a limit of the program."""

_LABELLED_ROUNDS = 20
"""In how many of these rounds half-ties keep to their labels."""

_ATTEMPTS = 400
"""Attempts to close a triangle, for each tie; a limit of the program."""


@dataclass(frozen=True)
class Labels:
    """What keeps half-ties apart from the start: the trait by which the survey's ties are most alike."""

    of: Ints
    """Label of each position, shape (positions,)."""
    tables: tuple[NDArray[np.float64], ...]
    """For each relation the share of ties by both labels, symmetric, shape (labels, labels)."""


@dataclass
class Structure:
    """Ties between positions, in rows: entries of position i are ``first[i] : first[i + 1]``."""

    first: Ints
    neighbour: NDArray[np.int32]
    relation: NDArray[np.int8]
    unmatched: int
    """Half-ties that found nobody."""
    density: float
    """Mean share of pairs of neighbours that are tied, over positions with two ties and more."""


def make_structure(wanted: Ints, labels: Labels, density: float | None, draws: Draws) -> Structure:
    """Return ties that give each position its number of ties of each relation, and triangles up to a density.

    Parameters
    ----------
    wanted
        Ties of each relation, shape (positions, relations).
    labels
        What half-ties are joined by.
    density
        Mean share of pairs of neighbours that should be tied; None to leave triangles to chance.
    draws
        The luck of this community.

    """
    positions = len(wanted)
    codes = np.empty(0, np.int64)
    parts: list[tuple[Ints, int]] = []
    unmatched = 0
    for relation in range(wanted.shape[1]):
        made, left = _matched(wanted[:, relation], relation, codes, labels, draws)
        codes = np.sort(np.concatenate([codes, made]))
        parts.append((made, relation))
        unmatched += left
    every = np.concatenate([codes[:0], *(made for made, _ in parts)])
    of_tie = np.concatenate([np.zeros(0, np.int8), *(np.full(len(made), r, np.int8) for made, r in parts)])
    one, other = every // positions, every % positions
    rows, ends = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.lexsort((ends, rows))
    first = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=positions))]).astype(np.int64)
    neighbour, kinds = ends[order].astype(np.int32), np.concatenate([of_tie, of_tie])[order]
    reached = _close(first, neighbour, kinds, labels.of, density, draws)
    return Structure(first, neighbour, kinds, unmatched, reached)


def _matched(count: Ints, relation: int, tied: Ints, labels: Labels, draws: Draws) -> tuple[Ints, int]:
    """Return new pairs (as codes) of half-ties joined by lot, and how many half-ties are left over.

    Pairs that cannot be (oneself, or tied already) go back and are joined anew; in the end whatever the labels.
    """
    size = len(count)
    owner = np.repeat(np.arange(size), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    found = np.empty(0, np.int64)
    for attempt in range(_ROUNDS):
        if len(owner) < 2:
            break
        stream = draws.stream(f"egocentric: ties of relation {relation}", attempt)
        luck = stream.pair_uniform(owner.astype(np.uint64), number.astype(np.uint64) | _STUB)
        order = np.argsort(luck, kind="stable")
        if attempt < _LABELLED_ROUNDS:
            one, other = _pairs_by_label(labels.of[owner[order]], labels.tables[relation])
            one, other = order[one], order[other]
        else:
            one, other = order[0 : len(order) - 1 : 2], order[1::2]
        a, b = np.minimum(owner[one], owner[other]), np.maximum(owner[one], owner[other])
        codes = a * size + b
        good = np.zeros(len(codes), np.bool_)
        good[np.unique(codes, return_index=True)[1]] = True
        good &= (a != b) & ~_is_in(tied, codes) & ~_is_in(found, codes)
        found = np.sort(np.concatenate([found, codes[good]]))
        left = np.ones(len(owner), np.bool_)
        left[one[good]] = left[other[good]] = False
        owner, number = owner[left], number[left]
    return found, len(owner)


def _pairs_by_label(label: Ints, table: NDArray[np.float64]) -> tuple[Ints, Ints]:
    """Return pairs of half-ties such that labels are joined as a table of shares says; some are left over.

    Parameters
    ----------
    label
        Label of each half-tie's owner; half-ties stand in random order.
    table
        Share of ties by both labels, symmetric.

    """
    seeks = np.empty(len(label), np.int64)
    for own in np.unique(label):
        here = np.flatnonzero(label == own)
        shares = table[own] if table[own].sum() > 0 else np.ones(len(table))
        seeks[here] = np.repeat(np.arange(len(shares)), quota(shares, len(here)))
    low, high = np.minimum(label, seeks), np.maximum(label, seeks)
    cell = low * len(table) + high
    side = np.where(low == high, 0, (label == high).astype(np.int64))
    order = np.lexsort((side, cell))
    group = (cell * 2 + side)[order]
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    rank = np.empty(len(label), np.int64)
    rank[order] = np.arange(len(label)) - np.repeat(starts, np.diff(np.concatenate([starts, [len(label)]])))
    rank = np.where(low == high, rank // 2, rank)
    order = np.lexsort((side, rank, cell))
    same = (cell[order][1:] == cell[order][:-1]) & (rank[order][1:] == rank[order][:-1])
    first = np.flatnonzero(same)
    return order[first], order[first + 1]


def _is_in(known: Ints, codes: Ints) -> NDArray[np.bool_]:
    if not len(known):
        return np.zeros(len(codes), np.bool_)
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.asarray(known[at] == codes)


def _close(
    first: Ints, neighbour: NDArray[np.int32], relation: NDArray[np.int8], label: Ints, density: float | None,
    draws: Draws,
) -> float:  # fmt: skip
    """Close triangles until the density is reached, if that can be; return what was reached."""
    degree = np.diff(first)
    concerned = degree >= 2
    if not concerned.any():
        return 0.0
    share = np.where(concerned, 2.0 / np.maximum(degree * (degree - 1), 1), 0.0)
    total = compiled.density_of_neighbours(first, neighbour, share, np.empty(len(degree)))
    count = int(concerned.sum())
    if density is not None and total < density * count:
        key = np.uint64(draws.stream("egocentric: triangles").key)
        most = _ATTEMPTS * len(neighbour) // 2
        compiled.close_triangles(key, first, neighbour, relation, label, share, total, density * count, most)
        total = compiled.density_of_neighbours(first, neighbour, share, np.empty(len(degree)))
    return float(total) / count
