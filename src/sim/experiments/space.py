"""What is varied: axes with a range or a list of options, and how a number from 0 to 1 becomes a value on one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

__all__ = ["Axis", "Space"]

_DIGITS = 9
"""Significant digits of a value: enough for any parameter, and short in tables."""


@dataclass(frozen=True)
class Axis:
    """One thing that is varied: a number within a range, or a choice among options."""

    path: str
    """Dotted path, as ``--set`` takes it; a name where a function is analysed."""
    low: float = 0.0
    """Lower end of the range."""
    high: float = 1.0
    """Upper end of the range."""
    options: tuple[Any, ...] = ()
    """What is chosen among; empty for a number."""
    whole: bool = False
    """Whether only whole numbers are allowed."""
    usual: Any = None
    """The value where nothing is varied."""
    label: str = ""
    """What it is, in words."""
    support: str = ""
    """Where the range comes from."""
    instead: Mapping[Any, tuple[str, ...]] = field(default_factory=dict)
    """For an option that cannot be set alone: all settings (``path=value``) that make it."""

    def __post_init__(self) -> None:
        if self.options:
            if len(self.options) < 2 or len(set(map(str, self.options))) < len(self.options):
                raise InputError(f"{self.path}: needs at least two different options, found {list(self.options)}")
        elif not self.low < self.high:
            raise InputError(f"{self.path}: the range must go from a lower to a higher number, "
                             f"found {self.low:g} to {self.high:g}")  # fmt: skip

    @property
    def is_choice(self) -> bool:
        """Whether it is a choice among options."""
        return bool(self.options)

    @property
    def levels(self) -> int:
        """How many different values it can take; 0 for any number."""
        return len(self.options) or (int(self.high) - int(self.low) + 1 if self.whole else 0)

    def value(self, unit: float) -> Any:
        """Return the value at a place from 0 (low, or the first option) to 1 (high, or the last)."""
        if self.options:
            return self.options[min(int(unit * len(self.options)), len(self.options) - 1)]
        if self.whole:
            return min(int(self.low) + int(unit * self.levels), int(self.high))
        return float(f"{self.low + unit * (self.high - self.low):.{_DIGITS}g}")

    def unit_of(self, option: int) -> float:
        """Return the middle of an option's part of 0 to 1."""
        return (option + 0.5) / len(self.options)

    def settings(self, value: Any) -> tuple[str, ...]:
        """Return what has to be set for a value, in the form of ``--set``."""
        return self.instead.get(value, (f"{self.path}={written(value)}",))

    def plain(self) -> dict[str, Any]:
        """Return what decides its values, as plain data."""
        if self.options:
            made = {str(key): list(more) for key, more in self.instead.items()}
            return {"options": list(self.options), "made by": made}
        return {"low": self.low, "high": self.high, "whole": self.whole}

    def in_words(self) -> str:
        """Return the range, or the options."""
        if self.options:
            return ", ".join(written(option) for option in self.options)
        return f"{self.low:g} to {self.high:g}"


def written(value: Any) -> str:
    """Return a value as YAML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float):
        text = repr(value)
        return text.replace("e", ".0e") if "e" in text and "." not in text else text
    return str(value)


@dataclass(frozen=True)
class Space(Sequence[Axis]):
    """All that is varied together."""

    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        paths = [axis.path for axis in self.axes]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise InputError(f"{twice[0]} is varied twice")
        if not paths:
            raise InputError("nothing is varied; name at least one parameter")

    def __len__(self) -> int:
        return len(self.axes)

    def __iter__(self) -> Iterator[Axis]:
        return iter(self.axes)

    def __getitem__(self, index: Any) -> Any:
        return self.axes[index]

    @property
    def paths(self) -> list[str]:
        """Paths of the axes, in order."""
        return [axis.path for axis in self.axes]

    def values(self, units: NDArray[np.float64]) -> dict[str, Any]:
        """Return the values at a point, shape (axes,), by path; a place that is not a number means the usual value."""
        return {
            axis.path: axis.usual if np.isnan(unit) else axis.value(float(unit))
            for axis, unit in zip(self.axes, units, strict=True)
        }

    def settings(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what has to be set for a point's values; what has its usual value by itself is left alone.

        What replaces a whole mapping comes before what changes something in it.
        """
        found: list[str] = []
        for axis in self.axes:
            value = values[axis.path]
            if value is not None and not (value == axis.usual and type(value) is type(axis.usual)):
                found += axis.settings(value)
        return tuple(sorted(found, key=lambda text: text.partition("=")[0].count(".")))
