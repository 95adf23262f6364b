"""Sequences of points in the unit cube of which the first n stay the same when more are asked for.

All luck is keyed (:mod:`sim.rng`) by the name of an axis, so a point depends on nothing but its number.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.experiments.space import Space
from sim.rng import Draws, identities

__all__ = ["STEP", "sobol_points", "trajectories"]

_BITS = 30
_LUCK = Draws(1964)
_LEVELS = 4
STEP = _LEVELS / (2 * (_LEVELS - 1))
"""By how much a Morris trajectory moves a number: two thirds of its range, on a grid of four levels."""

Floats = NDArray[np.float64]


def sobol_points(number: int, names: Sequence[str]) -> Floats:
    """Return the first points of a Sobol sequence, shape (number, names), moved by a keyed digital shift.

    The shift (exclusive or with random bits, one pattern an axis) keeps the sequence's evenness and takes away its
    special first points; numbers of points that are powers of two are the most even.
    """
    from scipy.stats import qmc

    if not number:
        return np.zeros((0, len(names)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # numbers that are no powers of two are said elsewhere
        points = qmc.Sobol(len(names), scramble=False, bits=_BITS).random(number)
    whole = np.round(points * 2**_BITS).astype(np.uint64)
    luck = _LUCK.stream("experiments: digital shift").uniform(identities(names))
    shift = np.floor(luck * 2**_BITS).astype(np.uint64)
    return np.asarray(((whole ^ shift).astype(np.float64) + 0.5) * 2.0**-_BITS)


def trajectories(number: int, space: Space) -> tuple[Floats, Floats]:
    """Return Morris trajectories: from a random start each axis is changed once, in random order.

    Morris 1991, *Factorial sampling plans for preliminary computational experiments*, Technometrics 33(2). Numbers move
    by :data:`STEP` on a grid of four levels; a choice moves from one random option to another.

    Returns
    -------
    points, levels
        Both of shape (number x (axes + 1), axes): places from 0 to 1, and the same with a choice written as 0 before
        and :data:`STEP` after its change, which is what elementary effects are computed from.
    """
    size = len(space)
    who = identities(space.paths)
    points, levels = np.zeros((number, size + 1, size)), np.zeros((number, size + 1, size))
    for trajectory in range(number):
        stream = _LUCK.stream("experiments: morris", trajectory)
        base, upwards, turn, first, second = (stream.uniform(who, draw) for draw in range(5))
        changed_after = np.argsort(np.argsort(turn, kind="stable"), kind="stable") + 1
        for place, axis in enumerate(space):
            if axis.is_choice:
                one = int(first[place] * len(axis.options))
                other = (one + 1 + int(second[place] * (len(axis.options) - 1))) % len(axis.options)
                before, after = axis.unit_of(one), axis.unit_of(other)
                level_before, level_after = 0.0, STEP
            else:
                start = np.floor(base[place] * _LEVELS / 2) / (_LEVELS - 1)
                before, after = (start, start + STEP) if upwards[place] < 0.5 else (start + STEP, start)
                level_before, level_after = before, after
            is_changed = np.arange(size + 1) >= changed_after[place]
            points[trajectory, :, place] = np.where(is_changed, after, before)
            levels[trajectory, :, place] = np.where(is_changed, level_after, level_before)
    return points.reshape(-1, size), levels.reshape(-1, size)
