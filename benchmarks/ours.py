"""What each other tool is compared with: the same mechanism in this package, a step of it over the same network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.worlds import random_ties
from sim import compiled
from sim.model.sums import AHEAD, AHEAD_FROM

__all__ = ["MECHANISMS", "Inputs"]

BOUND = 0.32
"""Greatest difference of attitude across which people influence each other, as NDlib is told."""
HIGH = 0.95
"""Share of contacts who must take part, so that everybody goes on looking."""


class Inputs:
    """The network and what is gathered of each resident; ``sums`` and ``lived`` are what a pass fills."""

    def __init__(self, residents: int, *, wide: bool = False) -> None:
        self.ties = random_ties(residents)
        self.width = compiled.WIDE if wide else compiled.NARROW
        room = np.empty(residents * self.width + 8)
        self.flat = room[-room.ctypes.data % 64 // 8 :][: residents * self.width]  # from a line of cache on
        self.flat[:] = np.modf(np.arange(residents * self.width) * 0.7548776662)[0]
        self.rows: NDArray[np.float64] = self.flat.reshape(residents, self.width)
        self.rows[::5, 0] *= -1.0  # every fifth has disclosed
        self.rows[:, 1] *= self.rows[:, 0]
        self.sums = np.zeros((compiled.WIDE_SUMS if wide else compiled.NARROW_SUMS, residents))
        self.lived, self.least = np.zeros(len(self.ties.strength)), np.ones(residents)
        self.weights = np.linspace(0.5, 1.0, len(self.ties.kinds))
        self.ahead = AHEAD if residents >= AHEAD_FROM else 0
        self.identity = np.arange(residents, dtype=np.uint64)
        self.nobody, self.nothing = np.zeros(residents, np.int8), np.zeros(residents)
        self.heard = np.zeros(residents, np.int8)

    @property
    def entries(self) -> int:
        """How many entries a pass visits."""
        return int(self.ties.length.sum())

    def take(self, bound: float = np.inf) -> None:
        """Take all sums over the ties once."""
        ties = self.ties
        job: Any = compiled.pass_wide if self.width == compiled.WIDE else compiled.pass_narrow
        job(
            ties.start, ties.length, ties.neighbour, ties.strength, ties.kind, ties.supports, self.weights,
            self.weights, bound, self.flat, self.ahead, self.lived, self.least, self.sums,
        )  # fmt: skip


def sums(residents: int) -> tuple[Callable[[], object], int]:
    """Return a job: the ten sums of a week, and how much of each tie is lived."""
    inputs = Inputs(residents)
    return inputs.take, inputs.entries


def threshold(residents: int) -> tuple[Callable[[], object], int]:
    """Return a job: who takes something up because enough of her contacts take part."""
    inputs = Inputs(residents)
    degree = inputs.ties.length.astype(np.float64)

    def step() -> NDArray[np.bool_]:
        inputs.take()
        return inputs.sums[8] >= HIGH * degree  # type: ignore[no-any-return]

    return step, inputs.entries


def bounded(residents: int) -> tuple[Callable[[], object], int]:
    """Return a job: everybody moves to the mean of those whose attitude is near her own."""
    inputs = Inputs(residents, wide=True)

    def step() -> None:
        inputs.take(BOUND)
        attitude, pull, weight = inputs.rows[:, 2], inputs.sums[16], inputs.sums[17]
        attitude += 0.1 * pull / (weight + 1.0)

    return step, inputs.entries


def spread(residents: int) -> tuple[Callable[[], object], int]:
    """Return a job: who hears from her contacts this week, by one draw each."""
    inputs = Inputs(residents)

    def step() -> int:
        inputs.take()
        return int(compiled.hear_of(
            np.uint64(7), inputs.identity, inputs.nothing, inputs.sums[5], inputs.nobody, np.int8(1), np.int8(2),
            inputs.heard,
        ))  # fmt: skip

    return step, inputs.entries


MECHANISMS: dict[str, Callable[[int], tuple[Callable[[], object], int]]] = {
    "mesa": sums, "networkx": sums, "ndlib_threshold": threshold, "ndlib_hegselmann_krause": bounded,
    "starsim_sir": spread, "cynetdiff_cascade": spread, "cynetdiff_threshold": threshold, "eon_sir": spread,
}  # fmt: skip
"""By the name of the other tool (see :mod:`benchmarks.peers`): from a number of residents to a job and its entries."""
