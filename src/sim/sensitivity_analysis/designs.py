"""Which points each method plays. The first n samples stay the same when more are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, did_you_mean, listing
from sim.experiments import Space, sobol_points, trajectories

__all__ = ["METHODS", "Design", "design_of"]

Floats = NDArray[np.float64]

METHODS: dict[str, tuple[str, int]] = {
    "morris": ("trajectories", 10),
    "sobol": ("base samples", 64),
    "pawn": ("points", 256),
    "tornado": ("", 0),
}
"""What a method's samples are, and how many are taken unless told. A tornado has none: it goes from end to end."""


@dataclass(frozen=True)
class Design:
    """The points of a method, in blocks that only make sense whole."""

    method: str
    samples: int
    """Blocks: trajectories, base samples or points."""
    points: Floats
    """Shape (points, axes): places from 0 to 1; NaN for an axis's usual value."""
    levels: Floats
    """For Morris: places with a choice as 0 before and one step after its change; otherwise the points."""

    @property
    def block(self) -> int:
        """Points of one block."""
        return len(self.points) // max(self.samples, 1)

    def plain(self) -> dict[str, Any]:
        """Return what decides which point has which number."""
        return {"method": self.method}


def design_of(method: str, space: Space, samples: int | None = None) -> Design:
    """Return the points of a method.

    Parameters
    ----------
    method
        ``morris``, ``sobol``, ``pawn`` or ``tornado``.
    space
        What is varied.
    samples
        Trajectories for Morris, base samples for Sobol (each 2 x axes + 2 points), points for PAWN; the usual
        number where absent.

    Raises
    ------
    InputError
        If there is no such method, or too few samples.
    """
    if method not in METHODS:
        raise InputError(f"'{method}' is not a method{did_you_mean(method, list(METHODS)) or ';'} "
                         f"methods: {listing(METHODS)}")  # fmt: skip
    what, usual = METHODS[method]
    if method == "tornado":
        if samples is not None:
            raise InputError("a tornado goes from end to end of each range and takes no samples; give more seeds")
        points = _ends(space)
        return Design(method, 1, points, points)
    number = usual if samples is None else samples
    fewest = {"morris": 2, "sobol": 8, "pawn": 40}[method]
    if number < fewest:
        raise InputError(f"{method} needs at least {fewest} {what}, not {number}")
    if method == "morris":
        return Design(method, number, *trajectories(number, space))
    points = _saltelli(number, space) if method == "sobol" else sobol_points(number, space.paths)
    return Design(method, number, points, points)


def _saltelli(number: int, space: Space) -> Floats:
    """Return Saltelli's scheme (2002) in SALib's order: of each base sample A, each AB, each BA, and B."""
    size = len(space)
    both = sobol_points(number, [*space.paths, *(f"{path}, other" for path in space.paths)])
    one, other = both[:, :size], both[:, size:]
    blocks = np.empty((number, 2 * size + 2, size))
    blocks[:, 0], blocks[:, -1] = one, other
    for axis in range(size):
        blocks[:, 1 + axis], blocks[:, 1 + size + axis] = one, other
        blocks[:, 1 + axis, axis] = other[:, axis]
        blocks[:, 1 + size + axis, axis] = one[:, axis]
    return blocks.reshape(-1, size)


def ends_of(space: Space) -> list[list[float]]:
    """Return for each axis the places to which a tornado moves it: both ends, or every option."""
    return [[axis.unit_of(each) for each in range(len(axis.options))] if axis.is_choice else [0.0, 1.0]
            for axis in space]  # fmt: skip


def _ends(space: Space) -> Floats:
    """Return the usual values, and then one axis after the other moved to its ends."""
    rows = [np.full(len(space), np.nan)]
    for place, ends in enumerate(ends_of(space)):
        for end in ends:
            row = np.full(len(space), np.nan)
            row[place] = end
            rows.append(row)
    return np.array(rows)
