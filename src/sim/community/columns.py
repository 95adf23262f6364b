"""Columns: what is known of each resident, with its unit, bounds, label and source."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import compiled
from sim.errors import InputError, did_you_mean, listing

__all__ = ["OUTCOMES", "Column", "Columns", "Outcome"]

OUTCOMES = ("stigma", "self_stigma", "loneliness")
"""The columns that the week moves, in this order everywhere."""


@dataclass
class Column:
    """An attribute that the week does not move."""

    name: str
    """As written in scenario files and tables."""
    values: NDArray[Any]
    """Shape (residents,): float64, bool, or int16 codes into ``categories`` (-1 = missing)."""
    label: str = ""
    """For readers; the name with spaces where nothing better is given."""
    unit: str = ""
    """Empty for shares, flags and categories."""
    categories: tuple[str, ...] = ()
    """Names of the codes, in the order in which tables show them; empty for numbers and flags."""
    bounds: tuple[float, float] | None = None
    """Least and greatest value allowed, for numbers that have them."""
    source: str = ""
    """Where the values come from: a file and column, an evidence entry, or an assumption."""

    def __post_init__(self) -> None:
        self.label = self.label or self.name.replace("_", " ")
        if self.categories:
            self.values = np.asarray(self.values, np.int16)
        elif self.values.dtype != np.bool_:
            self.values = np.asarray(self.values, np.float64)

    @property
    def is_category(self) -> bool:
        """Whether the column holds one of a few named values."""
        return bool(self.categories)

    @property
    def is_flag(self) -> bool:
        """Whether the column is yes or no."""
        return not self.categories and self.values.dtype == np.bool_

    @property
    def observed(self) -> NDArray[Any]:
        """The values as others, measures and filters see them."""
        return self.values

    def decoded(self) -> NDArray[Any]:
        """Return the values for readers: category names in place of codes."""
        if not self.categories:
            return self.observed
        names: NDArray[Any] = np.array([*self.categories, ""], dtype=object)
        decoded: NDArray[Any] = names[self.values]
        return decoded

    def copy(self) -> Column:
        """Return a column that can be changed without touching this one."""
        return replace(self, values=self.values.copy())


@dataclass
class Outcome(Column):
    """A latent value that the week moves, and what of it can be observed.

    ``values`` is the latent value at week 0 and never changes; ``moved`` is the displacement from it, which
    is exactly zero at rest. What peers and measures see is ``observed``: the latent value clipped to bounds.
    """

    moved: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """Displacement of the latent value since week 0, shape (residents,)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.bounds = self.bounds or (0.0, 1.0)
        if self.moved.size == 0:
            self.moved = np.zeros(len(self.values))
        self.at_rest: NDArray[np.float64] = np.clip(self.values, *self.bounds)
        self._observed: NDArray[np.float64] = self.at_rest.copy()
        self.refresh()

    def refresh(self) -> None:
        """Bring ``observed`` up to date after ``moved`` has changed."""
        low, high = self.bounds or (0.0, 1.0)
        np.add(self.values, self.moved, out=self._observed)
        np.clip(self._observed, low, high, out=self._observed)

    def move(self, by: NDArray[np.float64]) -> float:
        """Move it, and return by how much less or more the sum of what is observed has moved, because of the bounds."""
        low, high = self.bounds or (0.0, 1.0)
        return float(compiled.apply_move(self.values, self.moved, by, low, high, self._observed))

    @property
    def observed(self) -> NDArray[np.float64]:
        """The latent value clipped to the bounds, shape (residents,); do not write into it."""
        return self._observed

    def displacement(self) -> NDArray[np.float64]:
        """Return how far the observed value is from where it was at week 0."""
        return np.subtract(self._observed, self.at_rest)

    def copy(self) -> Outcome:
        """Return a column that can be changed without touching this one."""
        return replace(self, values=self.values, moved=self.moved.copy())


class Columns(dict[str, Column]):
    """The columns of a community by name; a missing name is answered with the names there are."""

    def __missing__(self, name: str) -> Column:
        raise InputError(
            f"'{name}' is not a column of this community{did_you_mean(name, list(self)) or ';'} "
            f"columns: {listing(self)}"
        )

    def put(self, column: Column) -> None:
        """Add or replace a column under its own name."""
        self[column.name] = column

    def outcome(self, name: str) -> Outcome:
        """Return a column that the week moves."""
        column = self[name]
        if not isinstance(column, Outcome):
            raise InputError(f"'{name}' is not an outcome that the week moves; outcomes: {listing(OUTCOMES)}")
        return column

    def copy(self) -> Columns:
        """Return columns that can be changed without touching these."""
        return Columns({name: column.copy() for name, column in self.items()})
