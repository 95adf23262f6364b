"""A small tree that says which unknown decides what is best: classification by Gini's impurity (Breiman et al. 1984).

A split is made only if it does better than 95% of the best splits of shuffled labels: what chance finds among many
unknowns is no finding. Numbers are split at a value, choices into one option and the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiments import Axis, Space
from sim.rng import Draws

__all__ = ["Leaf", "Split", "grow", "leaves_of"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_DEPTH = 3
_SHUFFLES = 60
_FEWEST = 8
"""Worlds that a part holds at least; a twentieth of all where that is more."""


@dataclass(frozen=True)
class Leaf:
    """Worlds that are not split further."""

    counts: tuple[int, ...]
    """In how many of them each candidate is best."""

    @property
    def winner(self) -> int:
        """Number of the candidate that is most often best."""
        return int(np.argmax(self.counts))

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        return sum(self.counts)


@dataclass(frozen=True)
class Split:
    """Worlds in which a condition holds, and those in which it does not."""

    axis: Axis
    at: float
    """For a number: the value that divides; for a choice: number of the option."""
    holds: Split | Leaf
    """Where the number is at most that, or the option is chosen."""
    otherwise: Split | Leaf
    counts: tuple[int, ...]
    gain: float
    """Fall of the impurity of all worlds, 0..1."""

    def condition(self, holds: bool) -> str:
        """Return in words what is so in the worlds of one side."""
        name = self.axis.path
        if self.axis.is_choice:
            return f"{name} is {'' if holds else 'not '}{self.axis.options[int(self.at)]}"
        return f"{name} is {'at most' if holds else 'above'} {self.at:.3g}"


def grow(space: Space, points: Floats, best: Numbers, candidates: int, depth: int = _DEPTH) -> Split | Leaf:
    """Return the tree that tells from the unknowns which candidate is best.

    Parameters
    ----------
    space, points
        What was varied; shape (worlds, axes), places from 0 to 1.
    best
        Number of the best candidate in each world, shape (worlds,).
    candidates
        How many candidates there are.
    depth
        How many conditions follow one another at most.
    """
    fewest = max(_FEWEST, len(best) // 20)
    onehot = np.eye(candidates)[best]
    return _grow(space, points, onehot, depth, fewest, len(best))


def _grow(space: Space, points: Floats, onehot: Floats, depth: int, fewest: int, all_worlds: int) -> Split | Leaf:
    counts = tuple(int(each) for each in onehot.sum(axis=0))
    if depth == 0 or len(onehot) < 2 * fewest or max(counts) == len(onehot):
        return Leaf(counts)
    gain, place, at = _best_split(space, points, onehot, fewest)
    if place < 0 or gain <= _by_chance(space, points, onehot, fewest):
        return Leaf(counts)
    axis = space[place]
    holds = _side(axis, points[:, place], at)
    value = at if axis.is_choice else _value(axis, at)
    sides = [_grow(space, points[rows], onehot[rows], depth - 1, fewest, all_worlds) for rows in (holds, ~holds)]
    return Split(axis, value, sides[0], sides[1], counts, gain * len(onehot) / all_worlds)


def _value(axis: Axis, unit: float) -> float:
    return float(axis.value(unit)) if axis.whole else axis.low + unit * (axis.high - axis.low)


def _options(axis: Axis, where: Floats) -> Numbers:
    return np.minimum((where * len(axis.options)).astype(np.int64), len(axis.options) - 1)


def _side(axis: Axis, where: Floats, at: float) -> NDArray[np.bool_]:
    return np.asarray(_options(axis, where) == int(at) if axis.is_choice else where <= at)


def _impurity(counts: Floats) -> Floats:
    """Return Gini's impurity times the number of worlds, over the last axis."""
    total = counts.sum(axis=-1)
    return np.asarray(total - (counts**2).sum(axis=-1) / np.maximum(total, 1))


def _best_split(space: Space, points: Floats, onehot: Floats, fewest: int) -> tuple[float, int, float]:
    """Return the greatest fall of impurity per world, the axis, and where it is divided; axis -1 if nothing divides."""
    whole, size = onehot.sum(axis=0), len(onehot)
    before = float(_impurity(whole))
    found = (0.0, -1, 0.0)
    for place, axis in enumerate(space):
        if axis.is_choice:
            chosen = _options(axis, points[:, place])
            left = np.array([onehot[chosen == option].sum(axis=0) for option in range(len(axis.options))])
            cuts = np.arange(len(axis.options), dtype=float)
        else:
            order = np.argsort(points[:, place], kind="stable")
            left = np.cumsum(onehot[order], axis=0)[:-1]
            sorted_points = points[order, place]
            cuts = (sorted_points[1:] + sorted_points[:-1]) / 2
        sizes = left.sum(axis=1)
        allowed = (sizes >= fewest) & (size - sizes >= fewest)
        if not allowed.any():
            continue
        fall = np.where(allowed, before - _impurity(left) - _impurity(whole - left), -np.inf)
        at = int(fall.argmax())
        if fall[at] / size > found[0] + 1e-12:
            found = (float(fall[at] / size), place, float(cuts[at]))
    return found


def _by_chance(space: Space, points: Floats, onehot: Floats, fewest: int) -> float:
    """Return the fall of impurity that 95% of the best splits of shuffled worlds stay below."""
    stream, who = Draws(1984).stream("exploration: shuffled worlds"), np.arange(len(onehot), dtype=np.uint64)
    falls = []
    for shuffle in range(_SHUFFLES):
        order = np.argsort(stream.uniform(who, shuffle), kind="stable")
        falls.append(_best_split(space, points, onehot[order], fewest)[0])
    return float(np.quantile(falls, 0.95))


def leaves_of(tree: Split | Leaf, so_far: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    """Yield the conditions that lead to each leaf, and the leaf."""
    if isinstance(tree, Leaf):
        yield so_far, tree
        return
    yield from leaves_of(tree.holds, (*so_far, tree.condition(True)))
    yield from leaves_of(tree.otherwise, (*so_far, tree.condition(False)))
